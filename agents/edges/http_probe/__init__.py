"""One HTTP probe on a bare socket: gate, connection, TLS, response, redirects.

May import `streams.probe`, and no other edge.
"""
