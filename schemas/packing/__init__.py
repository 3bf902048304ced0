"""The packed form of a case's state, as it stands on `cases.v1` and in memory.

May import `schemas.records` and the values of `schemas`.
"""
