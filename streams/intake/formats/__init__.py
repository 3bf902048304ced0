"""Formats in which reports come in, a module each.

May import `schemas`.
"""
