"""Evidence: what probes, persons and sources say of a URL, in order of time, each sighting judged.

May import `schemas`, `streams.verdicts` and `streams.norms`.
"""
