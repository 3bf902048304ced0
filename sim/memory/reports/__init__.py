"""Reports over whole worlds: played through all stages, published, held against the truth.

May import `sim.world`, `sim.oracle`, the rest of `sim.memory`, `streams.report` and
`agents.tools.report`; needs the extra `report`.
"""
