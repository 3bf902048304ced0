"""A single-node Kafka as a child process: its jars, its folder, its first start.

May import `agents.edges.process` and `agents.edges.files`.
"""
