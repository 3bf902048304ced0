"""Kafka's admin side: topics, ACLs, reachability and copies of topics.

May import the engine, and no other edge.
"""
