"""Events: records of the ledger are added to a URL's state, on a fast path where nothing else
changes.

May import all other folders of `streams.lifecycle`, and what they may import.
"""
