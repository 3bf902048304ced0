"""Records of the ledger and the words of a history that stand for them.

May import what `streams.history` may.
"""
