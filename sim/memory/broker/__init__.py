"""A Kafka broker in memory with virtual time, groups and faults.

May import `agents.engine`'s types.
"""
