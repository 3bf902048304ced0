"""What was observed at an owner, taken in order of time into cases, ends and returns.

May import `schemas`, and of `verify.method_10` the clock and what observations, resolutions and
checks say.
"""
