"""From what was seen to cases: episodes, clocks, gone runs, measurability.

May import `schemas`, `verify.compared`, `verify.ledger` and `verify.probes`.
"""
