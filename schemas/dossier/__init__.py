"""The file of a dossier, and its rows.

May import `schemas.records`, `schemas.signing` and the leaf modules of `schemas`.
"""
