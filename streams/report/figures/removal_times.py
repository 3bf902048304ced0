"""How long removals take: shares removed by a time, quantiles as cells, and how cases end.

Times are counted in steps of 6 minutes: L rounded down, R rounded up. So a removal within a norm
stays within it, and a sighting after it stays after it. A sighting that may not count against a
hoster is none here: such a case was there at the notice, and more is not said.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.closed_lists import CaseClass, Flag
from schemas.moments import HOUR_MS, MINUTE_MS
from streams.report.figures.counted import rounded
from streams.report.published_case import PublishedCase, first_class
from streams.statistics.report.competing_ends import cumulative_incidence
from streams.statistics.report.interval_censored import Distribution, Interval, npmle
from streams.statistics.report.survival_interval import WeightedRemoval, left_at

STEP_MS: Final = 6 * MINUTE_MS
STEPS_H: Final = HOUR_MS // STEP_MS
BY_H: Final = (1, 4, 12, 24, 48, 168, 672)
"""Hours at which the share that is removed is told: the norms, a week, four weeks."""

QUANTILES: Final = (0.5, 0.9)
REMOVED: Final = "removed"
_OTHER_ENDS: Final = frozenset(
    {CaseClass.MOVED, CaseClass.DNS_ENDED, CaseClass.DARK, CaseClass.WITHDRAWN}
)


class RemovedBy(Struct, frozen=True, kw_only=True):
    """The share removed by a time: bounds, and an interval of 95 %."""

    hours: int
    bounds: tuple[float, float]
    interval: tuple[float, float]


class Times(Struct, frozen=True, kw_only=True):
    """How long removals take.

    Attributes:
        removed_by: shares at `BY_H`.
        quantiles: of `QUANTILES` the cell in hours; None = not reached.
        open: cases that were not removed: they were there, or had ended otherwise.
    """

    removed_by: tuple[RemovedBy, ...]
    quantiles: tuple[tuple[float, float] | None, ...]
    open: int


class CompetingEnds(Struct, frozen=True, kw_only=True):
    """How cases end, where one end rules out the others.

    Attributes:
        hours: at which shares are told.
        by_end: of each end the share that ended so by then.
        left: the share that had not ended.
        alone: 1 - Kaplan-Meier of removals: how soon, if nothing else could end a case.
    """

    hours: tuple[int, ...]
    by_end: dict[str, tuple[float, ...]]
    left: tuple[float, ...]
    alone: tuple[float, ...]


class _Took(NamedTuple):
    """When a case ended, in steps, and how; None = it was last seen then."""

    interval: Interval
    end: str | None


def took(case: PublishedCase) -> Interval:
    """Return the removal time of a case in steps; None as its end: it was not removed.

    Args:
        case: one that is eligible.
    """
    found = _took(case)
    return found.interval if found.end == REMOVED else (found.interval[0], None)


def took_as(case: PublishedCase) -> str | None:
    """Return how a case ended; None = it had not.

    Args:
        case: one that is eligible, or withdrawn.
    """
    return _took(case).end


def _took(case: PublishedCase) -> _Took:
    counts = case.backed and Flag.CLOAKED not in case.flags
    seen = case.last_seen_at if counts and case.last_seen_at is not None else case.noticed_at
    start = max(0, (seen - case.noticed_at) // STEP_MS)
    case_class = first_class(case)
    gone_at = case.withdrawn_at if case_class is CaseClass.WITHDRAWN else case.gone_at
    if gone_at is None:
        return _Took((start, None), None)
    end = max(-((case.noticed_at - gone_at) // STEP_MS), start + 1)
    return _Took((start, end), case_class.value if case_class in _OTHER_ENDS else REMOVED)


def times(cases: Sequence[PublishedCase]) -> Times | None:
    """Return how long removals take; None without a case.

    Args:
        cases: that are eligible, also those that moved before the norm ran out.
    """
    timed = [
        WeightedRemoval(case.incident, took(case), case.weight)
        for case in sorted(cases, key=lambda case: case.case)
        if case.weight > 0
    ]
    if not timed:
        return None
    found = npmle([one.took for one in timed], [one.weight for one in timed])
    by = []
    for hours in BY_H:
        left = left_at(timed, hours * STEPS_H, found)
        by.append(
            RemovedBy(
                hours=hours,
                bounds=_removed(left.bounds),
                interval=_removed(left.interval),
            )
        )
    return Times(
        removed_by=tuple(by),
        quantiles=tuple(_cell(found, q) for q in QUANTILES),
        open=sum(one.took[1] is None for one in timed),
    )


def _removed(left: tuple[float, float]) -> tuple[float, float]:
    return rounded(1 - left[1]), rounded(1 - left[0])


def _cell(found: Distribution, quantile: float) -> tuple[float, float] | None:
    cell = found.quantile(quantile)
    if cell is None or cell[1] is None:
        return None
    return cell[0] / STEPS_H, cell[1] / STEPS_H


def ends(cases: Sequence[PublishedCase]) -> CompetingEnds:
    """Return how cases end: at R, or last seen at L.

    Args:
        cases: that are eligible, or withdrawn; those outside the sample are left out.
    """
    ended: list[tuple[int, str | None]] = []
    weights: list[float] = []
    for case in cases:
        if case.weight > 0:
            (start, end), how = _took(case)
            ended.append((start if end is None else end, how))
            weights.append(case.weight)
    found = cumulative_incidence(ended, weights)
    alone = cumulative_incidence(
        [(t, how if how == REMOVED else None) for t, how in ended], weights
    )
    names = [REMOVED, *sorted(one.value for one in _OTHER_ENDS)]
    return CompetingEnds(
        hours=BY_H,
        by_end={name: _at(found.times, found.by_end.get(name, ()), 0.0) for name in names},
        left=_at(found.times, found.survival, 1.0),
        alone=tuple(rounded(1 - s) for s in _at(alone.times, alone.survival, 1.0)),
    )


def _at(at: Sequence[int], curve: Sequence[float], before: float) -> tuple[float, ...]:
    """Return a step curve at the hours that are told."""
    found = []
    for hours in BY_H:
        reached = before
        for time, value in zip(at, curve, strict=False):
            if time > hours * STEPS_H:
                break
            reached = value
        found.append(rounded(reached))
    return tuple(found)
