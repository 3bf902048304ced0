"""Who is who: the operator's registry as it held at an instant, its hosters and its signatories.

May import `schemas` and `streams.network`.
"""
