"""The stages of `streams/` over an in-memory run of the practice world, in virtual time.

May import `sim.world`, `sim.oracle`, `streams`, and what is pure of `agents`.
"""
