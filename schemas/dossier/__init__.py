"""The file of a dossier, and its rows.

May import `schemas.records` and the modules of `schemas` itself that hold values (closed_lists,
moments, authority_orders, signing).
"""
