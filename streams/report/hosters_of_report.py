"""All hosters of a report judged together: shares, intervals, ranks, and who is named."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Final, Generic, NamedTuple, TypeVar

from msgspec import Struct

from schemas.closed_lists import NormVerdict
from streams.report.judged_minimum import NamingReason, SampleSize, sample_size
from streams.report.published_case import (
    PublishedCase,
    is_eligible,
    is_matured,
    public_verdict,
)
from streams.statistics.report.incident_shares import (
    CONFIDENCE,
    Incident,
    Mean,
    below,
    interval,
    mean_share,
)
from streams.statistics.report.multiplicity import RankSet, confidence_each, rank_sets, rejected

_Said = TypeVar("_Said")

DIGITS: Final = 6
"""Shares are rounded so: the last bits of a float differ between processors."""


class HosterRow(Struct, frozen=True, kw_only=True):
    """What is said of a hoster; figures are None where it is not judged.

    Attributes:
        n: cases that count, those of a sample that are in it.
        incidents: that they come in.
        in_time, late: cases by verdict, weighted where they are a sample.
        bounds: of the share within the norm: what was surely, and what was possibly in time.
        interval: of 95 %: what the lower bound is at least, the upper at most.
        rank: the ranks it may have, all hosters at once; 1 = the largest share.
        named: its share lies below the threshold, beyond what chance explains.
        reason: why it is named or not.
    """

    hoster: str
    n: int
    incidents: int
    in_time: int | float | None = None
    late: int | float | None = None
    bounds: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None
    rank: tuple[int, int] | None = None
    named: bool
    reason: NamingReason


class ReportHosters(Struct, frozen=True, kw_only=True):
    """All hosters of a report; rows in the order of their ids."""

    named: tuple[str, ...]
    rows: tuple[HosterRow, ...]


class _Counted(NamedTuple):
    """A hoster's cases that count, with what may be said of each; the unsampled have weight 0."""

    hoster: str
    cases: Sequence[tuple[PublishedCase, NormVerdict]]
    sample_size: SampleSize


class Share(NamedTuple):
    """The two ends of a share within the norm: what was surely, what was possibly in time."""

    surely: Mean
    possibly: Mean

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return what the lower end is at least and the upper at most."""
        return interval(self.surely, confidence)[0], interval(self.possibly, confidence)[1]


def judged(cases: Iterable[PublishedCase], norm_s: int | None, threshold: float) -> ReportHosters:
    """Judge the hosters of a report.

    Args:
        cases: of the cohort, in any order.
        norm_s: the norm, seconds; None = the terms of orders.
        threshold: the share within the norm that a hoster must not lie below, 0 to 1.

    Raises:
        ValueError: the threshold is out of range, or a case stands there twice.
    """
    counted = _by_hoster(cases, norm_s)
    shares = {one.hoster: share_of(one.cases) for one in counted if one.sample_size.reason is None}
    are_below = rejected([below(share.possibly, threshold) for share in shares.values()])
    named = [hoster for hoster, is_below in zip(shares, are_below, strict=True) if is_below]
    at_once = confidence_each(max(len(shares), 1))
    ranks = rank_sets([share.interval(at_once) for share in shares.values()])
    ranked = dict(zip(shares, ranks, strict=True))
    rows = [
        _too_few(one)
        if one.sample_size.reason
        else _row(one, shares[one.hoster], ranked[one.hoster], one.hoster in named)
        for one in counted
    ]
    return ReportHosters(named=tuple(named), rows=tuple(rows))


def _by_hoster(cases: Iterable[PublishedCase], norm_s: int | None) -> list[_Counted]:
    """Return hosters in the order of their ids, their cases in that of theirs."""
    found: dict[str, list[tuple[PublishedCase, NormVerdict]]] = defaultdict(list)
    seen: set[str] = set()
    for case in sorted(cases, key=lambda one: (one.hoster, one.case)):
        if case.case in seen:
            raise ValueError("a case stands there twice")
        seen.add(case.case)
        own = found[case.hoster]
        verdict = verdict_that_counts(case, norm_s)
        if verdict is not None:
            own.append((case, verdict))
    return [
        _Counted(hoster, own, sample_size([case for case, _ in own if case.weight > 0]))
        for hoster, own in found.items()
    ]


def verdict_that_counts(case: PublishedCase, norm_s: int | None) -> NormVerdict | None:
    """Return the verdict of a case in its hoster's share; None = it does not count.

    Args:
        case: of the cohort.
        norm_s: the norm, seconds; None = the terms of orders.
    """
    counts = is_eligible(case) and is_matured(case, norm_s)
    return public_verdict(case, norm_s) if counts else None


def share_of(cases: Sequence[tuple[PublishedCase, NormVerdict]]) -> Share:
    """Return the share within the norm as a mean over incidents.

    Args:
        cases: that count, each with its verdict; one at least has a weight.
    """
    sampled = _by_incident(cases)
    return Share(
        _mean(sampled, lambda verdict: verdict is NormVerdict.IN_TIME),
        _mean(sampled, lambda verdict: verdict is not NormVerdict.LATE),
    )


def mean_over_incidents(cases: Sequence[tuple[PublishedCase, bool]]) -> Mean:
    """Return the mean over incidents of the share of cases that are what is asked.

    Args:
        cases: each with whether it is what is asked; one at least has a weight.
    """
    return _mean(_by_incident(cases), bool)


class _Sampled(NamedTuple, Generic[_Said]):
    """An incident of which a case at least is in the sample.

    Attributes:
        own: its cases: the weight, and what is said of it.
        total: of the weights.
        seen: probability that a case of it is in the sample.
        n: cases that are.
    """

    own: list[tuple[float, _Said]]
    total: float
    seen: float
    n: int


def _by_incident(cases: Sequence[tuple[PublishedCase, _Said]]) -> list[_Sampled[_Said]]:
    least = 1 / max((case.weight for case, _ in cases), default=1.0)
    by_incident: dict[str, list[tuple[float, _Said]]] = defaultdict(list)
    for case, said in cases:
        by_incident[case.incident].append((case.weight, said))
    found = []
    for own in by_incident.values():
        total = sum(weight for weight, _ in own)
        if not total:
            continue  # none of it is in the sample; the others stand for it
        unseen = prod(1 - (1 / weight if weight else least) for weight, _ in own)
        found.append(_Sampled(own, total, 1 - unseen, sum(weight > 0 for weight, _ in own)))
    return found


def _mean(sampled: Sequence[_Sampled[_Said]], holds: Callable[[_Said], bool]) -> Mean:
    return mean_share(
        [
            Incident(sum(weight for weight, said in one.own if holds(said)) / one.total, *one[2:])
            for one in sampled
        ]
    )


def _row(counted: _Counted, share: Share, ranks: RankSet, named: bool) -> HosterRow:
    low, high = share.interval(CONFIDENCE)
    return HosterRow(
        hoster=counted.hoster,
        n=counted.sample_size.cases,
        incidents=counted.sample_size.incidents,
        in_time=_weighed(counted, NormVerdict.IN_TIME),
        late=_weighed(counted, NormVerdict.LATE),
        bounds=(round(share.surely.share, DIGITS), round(share.possibly.share, DIGITS)),
        interval=(round(low, DIGITS), round(high, DIGITS)),
        rank=(ranks.low, ranks.high),
        named=named,
        reason=NamingReason.NAMED if named else NamingReason.NOT_BELOW,
    )


def _too_few(counted: _Counted) -> HosterRow:
    return HosterRow(
        hoster=counted.hoster,
        n=counted.sample_size.cases,
        incidents=counted.sample_size.incidents,
        named=False,
        reason=counted.sample_size.reason or NamingReason.NOT_BELOW,
    )


def _weighed(counted: _Counted, asked: NormVerdict) -> int | float:
    found = sum(case.weight for case, verdict in counted.cases if verdict is asked)
    return int(found) if found == int(found) else round(found, DIGITS)
