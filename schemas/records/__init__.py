"""The records, a module for each topic or group of topics.

May import the modules of `schemas` itself that hold values (authority_orders, closed_lists, iccam,
moments, signing); neither codec nor topics.
"""
