"""How metrics are declared, and the list of those that a process keeps of itself.

May import `streams.views`; every edge may import it.
"""
