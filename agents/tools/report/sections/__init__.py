"""The sections of a report's page, by subject: text, figures and tables of its figures.

May import what `agents.tools.report` may.
"""
