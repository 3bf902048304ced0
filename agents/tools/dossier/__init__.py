"""Dossiers: what the ledger has of a hoster's cases, with proof; checked, handed over, compared.

May import the engine, the edges, the tools beside it and all of `streams`.
"""
