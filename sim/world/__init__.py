"""The world: hosters, hotlines, name servers and material whose truth is known.

May import `schemas` and the rules it needs of `streams`.
"""
