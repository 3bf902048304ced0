"""Attribution at work: each accepted report is placed at its hosters.

May import the engine, the edges, `streams.attribution` and `streams.registry`; no other stage.
"""
