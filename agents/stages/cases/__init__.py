"""What lifecycle and schedule hold of a partition of `cases.v1`, and how one URL is folded.

May import the engine, the edges and `streams`; no stage.
"""
