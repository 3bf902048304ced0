"""What the ledger holds of one URL: its records, facts and hosters.

May import `schemas`.
"""
