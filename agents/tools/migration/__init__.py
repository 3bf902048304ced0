"""Migration: a ledger is copied to another topic prefix in the newest version of its records, and
checked.

May import what `agents.tools` may.
"""
