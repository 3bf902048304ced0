"""Reports: reads the cases of a period, judges them, writes what is published.

May import `streams`, `agents.tools.verification` and `agents.edges`; needs the extra `report`.
"""
