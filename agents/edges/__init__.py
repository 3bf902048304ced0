"""The edges: all that talks to the outside.

The engine alone reads and writes Kafka's records, and keeps the stores of states.
An edge may import the engine, and below it what `pyproject.toml` lists in layers; never a stage.
"""
