"""Schedule at work: which URLs are due in one tick, and the orders of their probes. Lifecycle runs
it.

May import `agents.stages.cases`, the engine and `streams`.
"""
