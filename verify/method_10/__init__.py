"""The reading of method 10, written from the rules of measurement alone: sort, group, count.

A function that decides by a rule of docs/measurement.md gives the rule's number in its docstring,
if it is public. May import `schemas`, `verify.compared` and `verify.ledger`.
"""
