"""Rollup at work: `cases.v1` is followed and one view of all figures is kept up to date.

May import the engine, `streams.rollup` and `streams.views`; no other stage.
"""
