"""Names: the resolver, its questions on the wire, DNSSEC, and resolvers that ask nobody.

May import `agents.process` and `streams.network`.
"""
