"""Views: what pages, metrics and reports are rendered from.

May import `schemas`, `streams.rollup` and `streams.statistics`.
"""
