"""Rollup: the table of cases becomes figures of hosters, updated as cases and time move on.

May import `schemas`, `streams.norms` and `streams.statistics`.
"""
