"""The oracle: what was measured beside what is true, and what is wrong with it.

What is true it knows by itself. What the rules of measurement say of it is `verify`'s word.
May import `sim.world`, `streams.rollup`, `verify` and `schemas`.
"""
