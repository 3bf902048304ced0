"""Observe: who owns which partition, how far behind it is, whether a role is alive.

May import `agents.engine.read`.
"""
