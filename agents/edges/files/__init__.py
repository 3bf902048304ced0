"""Files that the program reads: hotline records, files of deploy/, alert links.

May import `agents.process` and `streams.intake.formats`.
"""
