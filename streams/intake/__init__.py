"""Intake: what becomes of a record that a hotline sent, and the ledger entry it makes.

May import `schemas`, `streams.norms` and `streams.registry`.
"""
