"""The cases of a report that count, and what may be said of any part of them by its size."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from schemas.closed_lists import NormVerdict
from streams.report.hosters_of_report import DIGITS, share_of, verdict_that_counts
from streams.report.judged_minimum import sample_size
from streams.report.published_case import PublishedCase
from streams.statistics.report.incident_shares import CONFIDENCE


class Counted(NamedTuple):
    """A case that counts, and its verdict."""

    case: PublishedCase
    verdict: NormVerdict


Cases: TypeAlias = Sequence[Counted]


class PartShare(Struct, frozen=True, kw_only=True):
    """What is said of a part of the cases; if it is too small to be judged it carries no share.

    Attributes:
        name: of the part: a hoster, country, hotline, month or weekday.
        n: cases that count, those of a sample that are in it.
        incidents: that they come in.
        bounds: of the share within the norm; None = too few.
        interval: of 95 %; None likewise.
        n_eff: as many independent cases tell as much; None likewise.
    """

    name: str
    n: int
    incidents: int
    bounds: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None
    n_eff: float | None = None


def counted(cases: Iterable[PublishedCase], norm_s: int | None) -> list[Counted]:
    """Return the cases that count, in the order of their names.

    Args:
        cases: of the cohort.
        norm_s: the norm, seconds; None = the terms of orders.
    """
    found = []
    for case in sorted(cases, key=lambda one: one.case):
        verdict = verdict_that_counts(case, norm_s)
        if verdict is not None:
            found.append(Counted(case, verdict))
    return found


def part(name: str, cases: Cases) -> PartShare:
    """Return what may be said of a part.

    Args:
        name: of the part.
        cases: of it.
    """
    asked = sample_size([one.case for one in cases if one.case.weight > 0])
    if asked.reason is not None:
        return PartShare(name=name, n=asked.cases, incidents=asked.incidents)
    share = share_of(cases)
    low, high = share.interval(CONFIDENCE)
    return PartShare(
        name=name,
        n=asked.cases,
        incidents=asked.incidents,
        bounds=(rounded(share.surely.share), rounded(share.possibly.share)),
        interval=(rounded(low), rounded(high)),
        n_eff=rounded(min(share.surely.n_eff, share.possibly.n_eff)),
    )


def parts(cases: Cases, key: Callable[[PublishedCase], str]) -> list[PartShare]:
    """Return what may be said of each part, in the order of their names.

    Args:
        cases: all that count.
        key: names the part of a case.
    """
    return [part(name, own) for name, own in sorted(divided(cases, key).items())]


def divided(cases: Cases, key: Callable[[PublishedCase], str]) -> dict[str, list[Counted]]:
    """Return the cases of each part.

    Args:
        cases: all that count.
        key: names the part of a case.
    """
    found: dict[str, list[Counted]] = defaultdict(list)
    for one in cases:
        found[key(one.case)].append(one)
    return dict(found)


def rounded(value: float) -> float:
    """Return a figure as it is published: the last bits of a float differ between processors."""
    return round(value, DIGITS)
