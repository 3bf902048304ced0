"""The stages at work: each reads topics, applies its rules of `streams` and writes topics.

A stage may import the engine and the edges, and no other stage but what lifecycle runs of schedule.
"""
