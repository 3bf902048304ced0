"""Histories of one URL as a person types them, and what follows from them by the rules.

A history becomes ledger records, these are folded as the worker folds them, and what the cases say
is given back in hours. So an example, a dispute or a test runs through the code that measures.

May import `streams.lifecycle`, `streams.verdicts`, `streams.rollup`, `streams.views`,
`streams.schedule`, `streams.probe`, `streams.norms`, the leaf modules of `streams` and `schemas`.
"""
