"""What was observed at an owner, taken in order of time into cases, ends and returns.

May import `schemas` and `verify`'s ledger and observations.
"""
