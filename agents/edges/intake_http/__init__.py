"""The HTTP intake: hotlines hand records in here, each with its key.

May import `agents.edges.http_server`, `agents.edges.metrics` and the engine.
"""
