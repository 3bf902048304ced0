"""How identity is derived: canonical URLs, keys, case and order ids, partitions.

May import `schemas.closed_lists`.
"""
