"""The result: cases with their notices, norm verdicts, classes and expected probes.

May import `schemas`, `streams.lifecycle.machine`, `streams.lifecycle.evidence`, the state table,
`streams.norms`, `streams.verdicts` and `streams.case_class`.
"""
