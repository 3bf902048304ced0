"""The pages and /metrics: server, layout, charts, words.

May import `agents.edges.http_server`, `agents.edges.metrics` and all of `streams`.
"""
