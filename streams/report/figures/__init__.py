"""What a report shows beside its rows of hosters: each figure a pure function of its cases.

May import what `streams.report` may. Nothing here decides who is named.
"""
