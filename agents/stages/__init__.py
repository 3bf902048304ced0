"""The stages at work: each reads topics, applies its rules of `streams` and writes topics.

A stage may import the engine and the edges. Stages do not import each other, except that lifecycle
imports schedule.
"""
