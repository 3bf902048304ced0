"""A report of a period in which nothing was noticed."""

from drawn_report import COHORT, THRESHOLD

from agents.tools.report.context import Context
from agents.tools.report.sections.made import Made
from streams.report.figures.of_report import figures
from streams.report.hosters_of_report import judged


def empty_made() -> Made:
    """Return it."""
    field = judged([], COHORT.norm_s, THRESHOLD)
    return Made(COHORT, THRESHOLD, field, figures([], field, COHORT), Context())
