"""Feedback: what a hotline is told of its own records, and when that changes.

May import `schemas` and `streams.case_class`.
"""
