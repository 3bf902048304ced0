"""A second reading of what hotlines are told of their records, from docs/hotline-guide.md.

May import `schemas`, and of `verify` what reads the ledger and its cases.
"""
