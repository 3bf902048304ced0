"""A Kafka broker in memory with its clients, groups and faults, on an event loop of virtual time.

May import `agents.engine` and `agents.clock`.
"""
