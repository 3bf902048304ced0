"""Schedule: when each case is probed, in which order, how often a server is asked, and who is
sampled.

May import `schemas`, `streams.norms`, `streams.registry`, `streams.verdicts`,
`streams.case_class` and `streams.timetable`.
"""
