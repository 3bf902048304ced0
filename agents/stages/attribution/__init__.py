"""Attribution at work: each accepted report is placed at its hosters.

May import the engine, the edges and `streams.attribution`; no other stage.
"""
