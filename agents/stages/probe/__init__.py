"""Probe at work: the prober of one vantage turns orders into facts.

May import the engine, the edges, `streams.norms`, `streams.probe`, `streams.registry` and
`streams.schedule`; no other stage.
"""
