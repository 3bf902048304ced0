"""What each probe says, judged against its controls, in order of time.

May import `schemas` and `verify.ledger`.
"""
