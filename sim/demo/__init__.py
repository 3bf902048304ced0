"""The demo: a broker, the pipeline and the practice world on one machine, and the comparison.

May import all of `sim`, the engine, the edges and `agents.config`.
"""
