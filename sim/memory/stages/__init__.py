"""The stages over the broker in memory.

May import `sim.memory.broker`, `sim.world`, `streams`, and the pure parts of `agents`.
"""
