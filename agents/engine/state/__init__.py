"""State: what is held of one partition, in memory or on disk.

May import the modules of `agents.engine` itself; no other folder of it.
"""
