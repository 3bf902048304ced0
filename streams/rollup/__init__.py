"""Rollup: the table of cases becomes figures of hosters, updated as cases and time move on.

May import `schemas`, `streams.case_class`, `streams.norms` and `streams.statistics`.
"""
