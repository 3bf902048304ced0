"""An independent second working-out of every figure, laid beside what is published.

What the ledger says is worked out here once more by a program that shares nothing with the fold
but `schemas`: sort, group, count. `agents/tools/verification/published.py` alone uses the
product's code: it is the side under test.
"""
