"""What an operator runs beside the stages: import, replay, doctor, signed decisions, month keys.

May import everything of `agents` but the command line, and `verify`.
"""
