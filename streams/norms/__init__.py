"""Norms: when a case is overdue, whether probes around a norm were on time, and whether a case was
measurable.

May import `schemas` and `streams.timetable`.
"""
