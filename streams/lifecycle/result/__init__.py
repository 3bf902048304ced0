"""The result: cases with their notices, norm verdicts, classes and expected probes.

May import `streams.lifecycle.machine`, `streams.lifecycle.evidence`, `streams.norms` and
`streams.verdicts`.
"""
