"""Proposals of decisions: who proposed what, what waits, and how each ended.

May import the engine, the edges and the tools beside it.
"""
