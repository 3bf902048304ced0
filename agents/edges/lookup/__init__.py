"""Looks up for the pages what the view lacks: single cases, alerts. Bounded, with deadlines.

May import `agents.edges.registry`, the engine and `streams`.
"""
