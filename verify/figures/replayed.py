"""Figures of replayed reports, whose source says when it last saw each URL online.

The clock starts at reported_at; `removed` ended at the last sighting, `online` was last seen then,
`never_online` has no sighting and stays outside the estimate (docs/measurement.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from schemas.closed_lists import HotlineMode
from schemas.moments import SECOND_MS, Instant
from verify.compared.record import Figures
from verify.figures.kaplan_meier import CaseDuration, quantiles
from verify.ledger.records import UrlRecords

QUARTILES: Final = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
QUARTILE_NAMES: Final = ("p25_s", "p50_s", "p75_s")
NOT_REACHED: Final = -1
UNKNOWN: Final = "unknown"


class ReplayedReport(NamedTuple):
    """One replayed report: when, last seen when, whether it still was, and where."""

    reported_at: Instant
    last_online_at: Instant | None
    online: bool
    groups: frozenset[tuple[str, str]]


def rows(records: UrlRecords) -> list[ReplayedReport]:
    """Return the rows of a URL; none until it is attributed."""
    if not records.resolutions:
        return []
    places = [place for made in records.resolutions for place in made.placements]
    asns = {f"AS{place.asn}" if place.asn else UNKNOWN for place in places} or {UNKNOWN}
    used = {UNKNOWN if p.asn_country == "??" else p.asn_country for p in places} or {UNKNOWN}
    groups = {(asn, "asn") for asn in asns} | {(country, "country") for country in used}
    return [
        ReplayedReport(r.reported_at, r.last_online_at, bool(r.source_online), frozenset(groups))
        for r in records.reports
        if r.mode is HotlineMode.HISTORIC
    ]


def figures(found: Iterable[ReplayedReport]) -> dict[tuple[str, str], Figures]:
    """Return the figures of all rows, of every network and of every country."""
    members: dict[tuple[str, str], list[ReplayedReport]] = defaultdict(list)
    for row in found:
        for group in (("all", "all"), *row.groups):
            members[group].append(row)
    return {
        group: Figures(counts={name: n for name, n in _counts(mine) if n}, removals={})
        for group, mine in members.items()
    }


def _counts(mine: list[ReplayedReport]) -> Iterator[tuple[str, int]]:
    seen = [(row, row.last_online_at) for row in mine if row.last_online_at is not None]
    yield "replayed", len(mine)
    yield "removed", sum(not row.online for row, _ in seen)
    yield "online", sum(row.online for row, _ in seen)
    yield "never_online", len(mine) - len(seen)
    spans = [
        CaseDuration(max(0, at - row.reported_at) // SECOND_MS, not row.online) for row, at in seen
    ]
    for name, reached in zip(QUARTILE_NAMES, quantiles(spans, QUARTILES), strict=True):
        yield name, NOT_REACHED if reached is None else reached
