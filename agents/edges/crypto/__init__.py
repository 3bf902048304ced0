"""Keys: the key file, month keys in `keys.v1`, sealing, the destruction of months, keys of persons.

May import `agents.edges.kafka` and the engine.
"""
