"""Networks: the operator's address databases, and at which hoster a host is.

May import `agents.edges.dns`, `agents.edges.crypto` and the rules of attribution.
"""
