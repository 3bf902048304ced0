"""Produce: batches, transactions and the broker's time.

May import the modules of `agents.engine` itself; no other folder of it.
"""
