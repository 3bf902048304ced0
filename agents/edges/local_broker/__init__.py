"""A single-node Kafka as a child process: its jars, its folder, its first start.

May import `agents.edges.child_process` and `agents.edges.files`.
"""
