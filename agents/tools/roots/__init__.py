"""Signed hourly roots of the ledger: written to `roots.v1` and to a file, read, timestamped.

May import the engine, the edges and the tools beside it.
"""
