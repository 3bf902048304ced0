"""On how many hosters, owners and countries the cases lie, and in which countries."""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from schemas.closed_lists import BACKLOG
from streams.report.figures.counted import Cases, PartShare, parts, rounded
from streams.report.published_case import PublishedCase
from streams.statistics.report.concentration import Between, concentration

BY: Final[dict[str, Callable[[PublishedCase], str]]] = {
    "hoster": lambda case: case.hoster,
    "group": lambda case: case.group or case.hoster,
    "country": lambda case: case.country or "??",
}
LORENZ_MAX: Final = 40
"""Points of a curve; beyond them it is flat to the eye."""


class Concentrated(Struct, frozen=True, kw_only=True):
    """How far cases are concentrated; value, and interval of 95 %.

    Attributes:
        by: hoster, group or country.
        open: of the cases that were open at the end alone.
        owners: that have a case.
        cases: all of them.
        lorenz: share of the largest 1, 2, ...; at most `LORENZ_MAX`.
    """

    by: str
    open: bool
    owners: int
    cases: int
    cr4: tuple[float, float, float]
    hhi: tuple[float, float, float]
    lorenz: tuple[float, ...]


def concentrations(cases: Cases) -> list[Concentrated]:
    """Return the concentration of all and of open cases, by hoster, owner and country.

    Every case counts once: where a case lies is known of those outside a sample too.

    Args:
        cases: that count.
    """
    every = [one.case for one in cases]
    still = [case for case in every if case.case_class in BACKLOG]
    found = []
    for by, key in BY.items():
        for is_open, own in ((False, every), (True, still)):
            incidents: dict[str, list[tuple[str, float]]] = defaultdict(list)
            sizes: dict[tuple[str, str], int] = defaultdict(int)
            for case in own:
                sizes[case.incident, key(case)] += 1
            for (incident, owner), size in sizes.items():
                incidents[incident].append((owner, float(size)))
            made = concentration(incidents)
            if made is not None:
                found.append(
                    Concentrated(
                        by=by,
                        open=is_open,
                        owners=made.owners,
                        cases=len(own),
                        cr4=_said(made.cr4),
                        hhi=_said(made.hhi),
                        lorenz=tuple(rounded(one) for one in made.lorenz[:LORENZ_MAX]),
                    )
                )
    return found


def _said(between: Between) -> tuple[float, float, float]:
    return rounded(between.value), rounded(between.low), rounded(between.high)


def countries(cases: Cases) -> list[PartShare]:
    """Return what may be said of each country, the one with the most cases first.

    Args:
        cases: that count.
    """
    return sorted(parts(cases, BY["country"]), key=lambda one: (-one.n, one.name))
