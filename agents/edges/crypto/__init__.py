"""Keys: the key file, month keys in `keys.v1`, sealing, shredding, keys of persons.

May import `agents.edges.kafka` and the engine.
"""
