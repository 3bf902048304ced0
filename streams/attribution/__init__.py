"""Attribution: which hosters serve a URL, by names, addresses and the registry.

May import `schemas`, `streams.network` and `streams.registry`.
"""
