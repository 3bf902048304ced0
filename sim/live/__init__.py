"""The practice world on loopback: real HTTP and name servers, driven by the world's truth.

May import `sim.world`, the scenarios and `agents.process`.
"""
