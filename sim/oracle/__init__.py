"""The oracle: what was measured beside what is true, and what is wrong with it.

May import `sim.world`, `streams.rollup` and `schemas`.
"""
