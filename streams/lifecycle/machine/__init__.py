"""The automaton: evidence in order of time becomes states, gone runs, removals and returns.

May import `schemas`, `streams.lifecycle.evidence`, the state table and `streams.verdicts`.
"""
