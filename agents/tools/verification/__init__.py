"""Verification: reads Kafka for `verify` and lays its figures beside the published ones.

May import what `agents.tools` may; `published` alone uses the product's own rules, being what is
under test.
"""
