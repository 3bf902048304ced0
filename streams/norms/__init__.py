"""Terms: when a case is overdue, whether probes around a term were on time, and whether a case was
measurable.

May import `schemas`.
"""
