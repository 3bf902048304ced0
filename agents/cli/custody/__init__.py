"""Commands about keys and two persons: keys, persons, decide, skip.

May import `agents.cli.shared`, `agents.tools` and the edges.
"""
