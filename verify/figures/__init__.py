"""Figures of a hoster from its cases: sort, group, count.

May import `schemas`, `verify.compared` and `verify.ledger`.
"""
