"""The stages of a worker over a practice world and a broker in memory, in virtual time.

May import `sim.world`, `sim.oracle`, `streams` and `agents`.
"""
