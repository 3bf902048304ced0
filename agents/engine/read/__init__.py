"""Read: partitions read in bulk outside any group, batch by batch, and stores brought up to date.

May import `agents.engine.state`.
"""
