"""The records, a module for each topic or group of topics.

May import the values of `schemas` (moments, reasons, media, sensitive); neither codec nor topics.
"""
