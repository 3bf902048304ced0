"""The operator's registry and the skips, read from Kafka or from the operator's file.

May import `agents.edges.crypto`, `agents.edges.kafka`, the engine and `streams.registry`.
"""
