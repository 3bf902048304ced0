"""Commands about keys, persons and what they open: keys, persons, decide, skip, quarantine.

May import `agents.cli.shared`, `agents.tools` and the edges.
"""
