"""Files that the program reads: hotline records, files of deploy/, alert links; and CSV it writes.

May import `agents.process` and `streams.intake.formats`.
"""
