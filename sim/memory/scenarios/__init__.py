"""The scenarios: who takes part and what goes wrong.

May import `sim.world`, `sim.memory.broker` and `sim.memory.stages`.
"""
