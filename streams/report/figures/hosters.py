"""The three grounds a hoster stands out on, each a list of its own: volume, slowness, hiding.

Only hosters that are judged have a row. The others are one line together.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct

from schemas.closed_lists import BACKLOG, CaseClass
from streams.report.figures.counted import Cases, divided, rounded
from streams.report.figures.removal_times import Times, times
from streams.report.hosters_of_report import ReportHosters, mean_over_incidents
from streams.report.judged_minimum import sample_size
from streams.report.published_case import NOT_MEASURABLE, PublishedCase
from streams.statistics.report.incident_shares import interval


class JudgedHoster(Struct, frozen=True, kw_only=True):
    """What is said of a judged hoster beside its share within the norm.

    Attributes:
        share_of_all: its cases, as a share of all that count.
        open: of its cases at the end of the watch; `unavailable` of these did not answer.
        hidden: share of its cases that it did not let be measured, and its interval of 95 %.
        times: how long its removals take.
        sizes: cases of each of its incidents, ascending.
    """

    hoster: str
    cases: int
    incidents: int
    share_of_all: float
    open: int
    unavailable: int
    hidden: tuple[float, float, float]
    times: Times
    sizes: tuple[int, ...]


class Others(Struct, frozen=True, kw_only=True):
    """The hosters that are not judged, together.

    Attributes:
        missing: of each how many more incidents it takes at least until it is judged.
    """

    hosters: int
    cases: int
    incidents: int
    missing: dict[str, int]


def hoster_figures(
    cases: Cases, eligible: Sequence[PublishedCase], hosters: ReportHosters
) -> list[JudgedHoster]:
    """Return what is said of each judged hoster, the one with the most cases first.

    Args:
        cases: that count.
        eligible: these, and those that moved before the norm ran out.
        hosters: who is judged.
    """
    by_hoster = divided(cases, lambda case: case.hoster)
    timed: dict[str, list[PublishedCase]] = defaultdict(list)
    for case in eligible:
        timed[case.hoster].append(case)
    judged = [row.hoster for row in hosters.rows if row.bounds is not None]
    found = [_of(hoster, by_hoster[hoster], timed[hoster], len(cases)) for hoster in judged]
    return sorted(found, key=lambda one: (-one.cases, one.hoster))


def others(cases: Cases, hosters: ReportHosters) -> Others:
    """Return the sums of the hosters that are not judged.

    Args:
        cases: that count.
        hosters: who is judged.
    """
    judged = {row.hoster for row in hosters.rows if row.bounds is not None}
    own = [one.case for one in cases if one.case.hoster not in judged]
    of_each: dict[str, list[PublishedCase]] = {
        row.hoster: [] for row in hosters.rows if row.bounds is None
    }
    for case in own:
        if case.weight > 0:
            of_each[case.hoster].append(case)
    return Others(
        hosters=len(hosters.rows) - len(judged),
        cases=len(own),
        incidents=len({case.incident for case in own}),
        missing={hoster: sample_size(there).missing_incidents for hoster, there in of_each.items()},
    )


def _of(hoster: str, own: Cases, timed: Sequence[PublishedCase], every: int) -> JudgedHoster:
    found = times(timed)
    if found is None:
        raise ValueError("a judged hoster has a case that counts")
    return JudgedHoster(
        hoster=hoster,
        cases=len(own),
        incidents=len({one.case.incident for one in own}),
        share_of_all=rounded(len(own) / every),
        open=sum(one.case.case_class in BACKLOG for one in own),
        unavailable=sum(one.case.case_class is CaseClass.UNAVAILABLE for one in own),
        hidden=_hidden(own),
        times=found,
        sizes=tuple(sorted(Counter(one.case.incident for one in own).values())),
    )


def _hidden(own: Cases) -> tuple[float, float, float]:
    mean = mean_over_incidents([(one.case, NOT_MEASURABLE in one.case.flags) for one in own])
    low, high = interval(mean)
    return rounded(mean.share), rounded(low), rounded(high)
