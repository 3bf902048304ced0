"""Process metrics: what a process says of itself to Prometheus.

May import the engine and the edges it describes; no page.
"""
