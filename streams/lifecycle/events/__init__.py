"""Events: records of the ledger are added to a URL's state, by short ways where nothing else
changes.

May import all other folders of `streams.lifecycle`.
"""
