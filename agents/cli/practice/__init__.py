"""Commands of the practice world: demo, load, simulate.

May import `agents.cli.shared` and `sim`.
"""
