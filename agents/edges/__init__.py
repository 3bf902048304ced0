"""The edges: every socket, file and foreign library hostwatch talks to.

An edge may import the engine, and below it what `pyproject.toml` lists in layers; never a stage.
"""
