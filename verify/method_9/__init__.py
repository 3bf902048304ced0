"""The reading of method 9: from a URL's records to its cases.

Kept so that figures of before can be worked out again (`hostwatch verify --method 9`). Its rules
are those of docs/measurement.md before method 10; that document's end says what changed since.

May import `schemas`, `verify.compared` and `verify.ledger`.
"""
