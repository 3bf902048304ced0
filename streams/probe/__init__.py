"""Probe: where a probe may connect, which address it picks, and which parts of a response become
facts.

May import `schemas`.
"""
