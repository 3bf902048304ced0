"""What came back after a removal, and where what moved went."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, Instant
from streams.report.figures.counted import Cases, divided
from streams.report.figures.removal_times import REMOVED, took_as
from streams.report.published_case import PublishedCase, is_eligible
from streams.statistics.report.rates import rate

_YEAR_DAYS: Final = 365.25
OTHER: Final = "other"
"""Stands for every hoster that is not judged."""

NOBODY: Final = "nobody"
"""Nobody is known to have it."""


class Returned(Struct, frozen=True, kw_only=True):
    """Removed cases that came back, for each year that removed cases were watched.

    Attributes:
        name: a hoster; empty = all.
        removed: cases.
        returned: of these.
        years: watched from R to the return or the end of the watch.
        rate: returns in such a year; None = nothing was watched.
        interval: of 95 %; None = too few incidents tell of it.
    """

    name: str
    removed: int
    returned: int
    years: float
    rate: float | None
    interval: tuple[float, float] | None


class Moved(Struct, frozen=True, kw_only=True):
    """Cases that moved from a hoster to another."""

    origin: str
    target: str
    cases: int


def returns(cases: Cases, judged: Sequence[str], as_of: Instant) -> list[Returned]:
    """Return how often what was removed came back: of all, and of each judged hoster.

    Args:
        cases: that count.
        judged: hosters that are.
        as_of: the end of the watch.
    """
    by_hoster = divided(cases, lambda case: case.hoster)
    there = {"": list(cases)} | {hoster: by_hoster[hoster] for hoster in judged}
    return [_returned(name, [one.case for one in own], as_of) for name, own in there.items()]


def _returned(name: str, cases: Sequence[PublishedCase], as_of: Instant) -> Returned:
    sizes: dict[str, float] = defaultdict(float)
    watched_ms = removed = 0
    for case in cases:
        if case.gone_at is None or took_as(case) != REMOVED:
            continue
        removed += 1
        back_at = case.back_at
        watched_ms += max(0, (as_of if back_at is None else back_at) - case.gone_at)
        sizes[case.incident] += back_at is not None
    years = watched_ms / DAY_MS / _YEAR_DAYS
    found = rate(list(sizes.values()), years) if years > 0 else None
    ends = found.interval if found else None
    return Returned(
        name=name,
        removed=removed,
        returned=round(sum(sizes.values())),
        years=round(years, 2),
        rate=None if found is None else round(found.value, 3),
        interval=None if ends is None else (round(ends[0], 3), round(ends[1], 3)),
    )


def moves(cases: Sequence[PublishedCase], judged: Sequence[str]) -> list[Moved]:
    """Return from where to where cases moved; hosters that are not judged are `other`.

    Args:
        cases: of the cohort, those that moved before the norm ran out too.
        judged: hosters that are.
    """
    known = set(judged)

    def shown(hoster: str) -> str:
        return hoster if hoster in known else OTHER

    found = Counter(
        (shown(one.hoster), shown(one.moved_to) if one.moved_to else NOBODY)
        for one in cases
        if one.case_class is CaseClass.MOVED and is_eligible(one)
    )
    return [Moved(origin=a, target=b, cases=n) for (a, b), n in sorted(found.items())]
