"""An independent second working-out of every figure, laid beside what is published.

What the ledger says is worked out here once more by a program that shares nothing with the fold
but `schemas`: sort, group, count. Only `published` uses the product's own code, because that is
what is under test.
"""
