"""Verdicts: what one observation says, by which reason, and which answers are the same.

May import `schemas`. Schedule and lifecycle both read it, so it is no stage.
"""
