"""Made-up reports in quantity: what `hostwatch load` drives a practice ledger's intake with.

May import `sim.world`, the engine, the edges and `agents.config`.
"""
