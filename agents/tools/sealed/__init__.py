"""What a person has opened that is sealed: it is written down before, and signed by the person.

May import the engine, the edges and the tools beside it.
"""
