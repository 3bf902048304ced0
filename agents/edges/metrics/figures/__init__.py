"""Metrics of figures: the catalogue, and how a view is rendered for Prometheus.

May import `agents.edges.metrics`, `streams.norms`, `streams.rollup`, `streams.statistics` and
`streams.views`.
"""
