"""How far a share depends on what is not known: each assumption to its end, and a smooth curve.

None of it decides who is named. It shows how much a reader who doubts an assumption would see.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from schemas.closed_lists import CaseClass, Flag, NormVerdict
from schemas.moments import SECOND_MS
from streams.report.figures.counted import Cases, Counted, divided, rounded
from streams.report.figures.removal_times import STEP_MS, took
from streams.report.hosters_of_report import share_of
from streams.statistics.report.lognormal import fitted

_DOUBTED = frozenset({CaseClass.SUSPECT, CaseClass.DOUBTED})
_OF_ALL = ""


class Assumption(StrEnum):
    """What is assumed of what is not known."""

    AS_PUBLISHED = "as_published"
    UNAVAILABLE_ENDED = "unavailable_ended"  # as if removed when it was last seen
    UNAVAILABLE_THERE = "unavailable_there"  # as if it is still there
    DOUBTED_BEST = "doubted_best"  # suspect and doubted: removed when last seen
    DOUBTED_WORST = "doubted_worst"  # suspect and doubted: still there
    WITHOUT_UNOBSERVED = "without_unobserved"  # left out: removed before a probe saw it


_ENDED = frozenset({Assumption.UNAVAILABLE_ENDED, Assumption.DOUBTED_BEST})
"""Ended when last seen: in time if that lies within the norm, so there must be one."""


class Assumed(Struct, frozen=True, kw_only=True):
    """The bounds of a share under each assumption.

    Attributes:
        name: a hoster; empty = all cases.
        bounds: in the order of `Assumption`; None = no case is left, or the assumption takes the
            time of a norm and orders have each their own.
        lognormal: the share within the norm by a lognormal curve; None = none was fitted.
    """

    name: str
    bounds: tuple[tuple[float, float] | None, ...]
    lognormal: float | None


def sensitivity(cases: Cases, judged: Sequence[str], norm_s: int | None) -> list[Assumed]:
    """Return the bounds of all cases and of each judged hoster under each assumption.

    Args:
        cases: that count.
        judged: hosters that are.
        norm_s: the norm, seconds; None = the terms of orders, for which no curve is fitted.
    """
    by_hoster = divided(cases, lambda case: case.hoster)
    there = {_OF_ALL: list(cases)} | {hoster: by_hoster[hoster] for hoster in judged}
    within = {} if norm_s is None else _smooth(there, norm_s * SECOND_MS / STEP_MS)
    return [
        Assumed(
            name=name,
            bounds=_all_bounds(own, norm_s),
            lognormal=within.get(name),
        )
        for name, own in there.items()
        if own
    ]


def _smooth(there: dict[str, list[Counted]], norm: float) -> dict[str, float]:
    """Return shares within a norm by lognormal curves: one of all, one spread for the hosters."""
    intervals = {
        name: [(took(one.case), one.case.weight) for one in own if one.case.weight > 0]
        for name, own in there.items()
    }
    every = fitted({_OF_ALL: intervals.pop(_OF_ALL)})
    hosters = fitted(intervals)
    return {
        name: rounded(curve.share_within(name, norm))
        for curve in (every, hosters)
        if curve is not None
        for name in curve.location
    }


def _under(one: Counted, assumption: Assumption, norm_s: int | None) -> Counted | None:
    """Return a case as an assumption has it; None = it is left out."""
    of: dict[Assumption, tuple[Callable[[Counted], bool], bool]] = {
        Assumption.UNAVAILABLE_ENDED: (_is_unavailable, True),
        Assumption.UNAVAILABLE_THERE: (_is_unavailable, False),
        Assumption.DOUBTED_BEST: (_is_doubted, True),
        Assumption.DOUBTED_WORST: (_is_doubted, False),
    }
    if assumption is Assumption.WITHOUT_UNOBSERVED:
        return None if Flag.UNOBSERVED in one.case.flags else one
    if assumption not in of or one.verdict is not NormVerdict.UNDETERMINED:
        return one
    holds, ended = of[assumption]
    if not holds(one):
        return one
    if not ended:
        return Counted(one.case, NormVerdict.LATE)
    seen = one.case.last_seen_at
    if norm_s is None or (seen is not None and seen > one.case.noticed_at + norm_s * SECOND_MS):
        return one
    return Counted(one.case, NormVerdict.IN_TIME)


def _is_unavailable(one: Counted) -> bool:
    return one.case.case_class is CaseClass.UNAVAILABLE


def _is_doubted(one: Counted) -> bool:
    return one.case.case_class in _DOUBTED


def _all_bounds(own: Cases, norm_s: int | None) -> tuple[tuple[float, float] | None, ...]:
    published = _bounds(own)
    found: list[tuple[float, float] | None] = []
    for assumption in Assumption:
        if norm_s is None and assumption in _ENDED:
            found.append(None)
            continue
        under = [_under(one, assumption, norm_s) for one in own]
        same = all(a is b for a, b in zip(own, under, strict=True))
        found.append(published if same else _bounds(under))
    return tuple(found)


def _bounds(cases: Sequence[Counted | None]) -> tuple[float, float] | None:
    left = [one for one in cases if one is not None]
    if not any(one.case.weight > 0 for one in left):
        return None
    share = share_of(left)
    return rounded(share.surely.share), rounded(share.possibly.share)
