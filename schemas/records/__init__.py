"""The records, a module for each topic or group of topics.

May import the modules of `schemas` itself that hold values (closed_lists, iccam, moments, orders,
signing); neither codec nor topics.
"""
