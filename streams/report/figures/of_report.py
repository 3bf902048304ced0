"""All figures of a report, from its cases alone."""

from collections.abc import Sequence

from msgspec import Struct

from streams.report.cohort import Cohort
from streams.report.figures.backlog import Backlog, backlog
from streams.report.figures.breakdowns import Stratified, strata
from streams.report.figures.concentrations import Concentrated, concentrations, countries
from streams.report.figures.counted import PartShare, counted, part
from streams.report.figures.funnel_plot import FunnelPlot, funnel_plot
from streams.report.figures.hosters import JudgedHoster, Others, hoster_figures, others
from streams.report.figures.hotlines import HotlineFigures, hotline_figures
from streams.report.figures.periods import PeriodChange, halves, months
from streams.report.figures.removal_times import CompetingEnds, Times, ends, times
from streams.report.figures.returns import Moved, Returned, moves, returns
from streams.report.figures.sensitivity import Assumed, sensitivity
from streams.report.hosters_of_report import ReportHosters
from streams.report.published_case import PublishedCase, has_told_end, is_eligible


class ReportFigures(Struct, frozen=True, kw_only=True):
    """What a report shows beside its rows of hosters.

    Attributes:
        published: cases of the cohort; those of `every` count for the norm.
        times: None without a case that counts.
    """

    published: int
    every: PartShare
    hosters: list[JudgedHoster]
    others: Others
    times: Times | None
    ends: CompetingEnds
    backlog: Backlog
    concentrations: list[Concentrated]
    countries: list[PartShare]
    funnel: FunnelPlot | None
    months: list[PartShare]
    change: PeriodChange | None
    strata: list[Stratified]
    hotlines: list[HotlineFigures]
    sensitivity: list[Assumed]
    returns: list[Returned]
    moves: list[Moved]


def figures(
    cases: Sequence[PublishedCase], hosters: ReportHosters, cohort: Cohort
) -> ReportFigures:
    """Return all figures of a report.

    Args:
        cases: of the cohort, with the names that are published.
        hosters: who is judged.
        cohort: period and norm.
    """
    own = counted(cases, cohort.norm_s)
    with_told_end = [case for case in cases if has_told_end(case)]
    eligible = [case for case in with_told_end if is_eligible(case)]
    judged = [row.hoster for row in hosters.rows if row.bounds is not None]
    return ReportFigures(
        published=len(cases),
        every=part("", own),
        hosters=hoster_figures(own, eligible, hosters),
        others=others(own, hosters),
        times=times(eligible),
        ends=ends(with_told_end),
        backlog=backlog(own, cohort),
        concentrations=concentrations(own),
        countries=countries(own),
        funnel=funnel_plot(own, judged),
        months=months(own),
        change=halves(own, cohort),
        strata=strata(own),
        hotlines=hotline_figures(own, with_told_end, cohort.norm_s),
        sensitivity=sensitivity(own, judged, cohort.norm_s),
        returns=returns(own, judged, cohort.as_of),
        moves=moves(cases, judged),
    )
