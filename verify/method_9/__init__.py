"""The reading of method 9: from a URL's records to its cases.

Kept so that figures of before can be worked out again (`hostwatch verify --method 9`).

May import `schemas`, `verify.compared` and `verify.ledger`.
"""
