"""The reading of method 10, written from the rules of measurement alone: sort, group, count.

Each function that is a rule is named after it, and its docstring gives the rule's number
(docs/measurement.md). May import `schemas`, `verify.compared` and `verify.ledger`.
"""
