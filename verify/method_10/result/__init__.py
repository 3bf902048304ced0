"""What a case comes to: its norm verdicts, whether it could be measured, its flags.

May import `schemas`, `verify.ledger` and the other modules of `verify.method_10`, but not `cases`.
"""
