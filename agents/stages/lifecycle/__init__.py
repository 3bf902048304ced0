"""Lifecycle at work: the ledger is folded into `cases.v1`, and probes that are due are ordered.

May import `agents.stages.cases`, `agents.stages.schedule`, the engine, `streams.lifecycle` and
`streams.schedule`; no other stage.
"""
