"""A report of a period in which nothing was noticed."""

from drawn_report import COHORT, THRESHOLD

from agents.tools.report.context import ReportContext
from agents.tools.report.sections.made import ReportParts
from streams.report.figures.of_report import figures
from streams.report.hosters_of_report import judged


def empty_made() -> ReportParts:
    """Return it."""
    field = judged([], COHORT.norm_s, THRESHOLD)
    return ReportParts(COHORT, THRESHOLD, field, figures([], field, COHORT), ReportContext())
