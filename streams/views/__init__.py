"""Views: what pages, metrics and reports are rendered from.

May import `schemas`, `streams.case_class`, `streams.lifecycle`, `streams.norms`, `streams.rollup`
and `streams.statistics`.
"""
