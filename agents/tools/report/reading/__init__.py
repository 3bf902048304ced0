"""Reads what a report is made from: the ledger, up to a stated position, partition by partition.

May import what `agents.tools.report` may. Nothing of it imports the writers of a report.
"""
