"""Feedback at work: reports.v1 and cases.v1 in, `hotline.<id>.out.v1` and `feedback.v1` out.

May import `streams.feedback`, the engine and the edges for keys and metrics.
"""
