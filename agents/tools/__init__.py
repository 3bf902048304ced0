"""What an operator runs beside the stages: import, replay, doctor, two-person decisions, shredding.

May import everything of `agents` but the command line, and `verify`.
"""
