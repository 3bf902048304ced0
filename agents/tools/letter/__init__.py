"""Letters to hosters: what was measured, how, since when, and how to answer.

May import the engine, the edges, the tools beside it, `streams.feedback`, `streams.lifecycle`,
`streams.norms` and `streams.views`.
"""
