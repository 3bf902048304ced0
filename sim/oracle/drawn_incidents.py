"""Draws hosters whose removal times are known, at the level of what a report is made from.

Cases come in incidents of Pareto distributed sizes. Removal times are lognormal. Those of one
incident are alike, since the logarithm has a part of its own for each. So a share within a norm
varies between incidents as it does between beta-binomial ones. Probes see a removal between two
slots of the timetable. Some cases move, and some are gone before the first probe.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from schemas.closed_lists import CaseClass, Flag, Role
from schemas.moments import DAY_MS, HOUR_MS
from streams.report.published_case import PublishedCase
from streams.timetable import TIMETABLE_H

SPREAD: Final = 1.2
"""Standard deviation of the logarithm of a removal time: between those of Germany and of 2008."""

ALIKE: Final = 0.99
"""Part of its variance that the cases of an incident share: the correlation of two logarithms. Then
being removed within 24 h correlates with 0.91 where the median is 24 h. In the replayed dump of
URLhaus being gone within 24 h, a yes or no, correlates with 0.92 between URLs of one host and day
(analysis of variance)."""

SHAPE: Final = 1.5
SIZE_MAX: Final = 100
MOVED: Final = 0.03
LATE_FEED: Final = 0.05
"""Shares of cases that move away first, and that are gone before the first probe."""

PERIOD_DAYS: Final = 28
WATCHED_DAYS: Final = 31


class Truth(NamedTuple):
    """A hoster: the median of its removal times, hours, and how many incidents it has."""

    median_h: float
    incidents: int


def drawn(rng: "np.random.Generator", truth: Truth) -> Iterator[PublishedCase]:
    """Give the cases of one hoster over a period of `PERIOD_DAYS`, watched to its end.

    Args:
        rng: draws.
        truth: of the hoster.
    """
    as_of = (PERIOD_DAYS + WATCHED_DAYS) * DAY_MS
    for number in range(truth.incidents):
        begun = int(rng.integers(0, PERIOD_DAYS)) * DAY_MS + int(rng.integers(0, DAY_MS))
        own = rng.normal(0, SPREAD * ALIKE**0.5)
        for place in range(min(int(rng.pareto(SHAPE)) + 1, SIZE_MAX)):
            rest = rng.normal(0, SPREAD * (1 - ALIKE) ** 0.5)
            yield _case(
                rng, f"{number}/{place}", (begun, as_of), truth.median_h * np.exp(own + rest)
            )


def _case(
    rng: "np.random.Generator", name: str, span: tuple[int, int], took_h: float
) -> PublishedCase:
    begun, as_of = span
    seen_at, gone_at = _seen(begun, took_h, as_of)
    lot, outcome = rng.random(), CaseClass.REMOVED
    flags: tuple[str, ...] = ()
    if gone_at is None:
        outcome = CaseClass.ONLINE
    elif lot < MOVED:
        outcome = CaseClass.MOVED
    elif lot < MOVED + LATE_FEED and seen_at == begun:
        flags = (Flag.UNOBSERVED.value,)
    return PublishedCase(
        case=name,
        hoster="hoster",
        role=Role.HOSTING,
        hotline="alpha",
        incident=name.partition("/")[0],
        noticed_at=begun,
        last_seen_at=seen_at,
        gone_at=gone_at,
        case_class=outcome,
        weight=1.0,
        flags=flags,
        as_of=as_of,
    )


def _seen(begun: int, took_h: float, as_of: int) -> tuple[int, int | None]:
    """Return L and R of a case that was really removed after so many hours."""
    place = bisect_left(TIMETABLE_H, took_h)
    if place < len(TIMETABLE_H):
        gone_at = begun + round(TIMETABLE_H[place] * HOUR_MS)
        if gone_at <= as_of:
            return begun + round(TIMETABLE_H[max(place - 1, 0)] * HOUR_MS), gone_at
    last = max(hours for hours in TIMETABLE_H if begun + hours * HOUR_MS <= as_of)
    return begun + round(last * HOUR_MS), None
