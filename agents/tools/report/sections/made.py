"""What all sections are made from."""

from typing import NamedTuple

from agents.edges.web.messages import gettext
from agents.tools.report.bridge import Bridge
from agents.tools.report.context import ReportContext
from agents.tools.report.words import OTHERS
from streams.report.cohort import Cohort
from streams.report.figures.of_report import ReportFigures
from streams.report.figures.returns import OTHER
from streams.report.hosters_of_report import HosterRow, ReportHosters


class ReportParts(NamedTuple):
    """A report's parts.

    Attributes:
        cohort: period and norm.
        threshold: share within the norm that a hoster must not lie below.
        hosters: what is said of the hosters.
        figures: what is shown beside it.
        context: what is said besides.
        bridge: the period by two methods; None = nobody asked.
    """

    cohort: Cohort
    threshold: float
    hosters: ReportHosters
    figures: ReportFigures
    context: ReportContext
    bridge: Bridge | None = None

    @property
    def judged(self) -> list[HosterRow]:
        """The judged hosters, the smallest share first."""
        rows = [row for row in self.hosters.rows if row.bounds is not None]
        return sorted(rows, key=lambda row: (row.bounds or (0, 0), row.hoster))

    def name(self, hoster: str) -> str:
        """Return how a hoster is shown.

        Args:
            hoster: its id, or `other`.
        """
        if hoster == OTHER and hoster not in self.context.names:
            return gettext(OTHERS)
        return self.context.names.get(hoster, hoster)
