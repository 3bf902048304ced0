"""Figures of a replay of old reports whose source says when it last saw each URL online.

Such reports carry no notice, so the classes of live cases do not apply. The clock starts at
reported_at; `removed` ended at the last sighting, `online` was last seen then and is censored,
`never_online` has no sighting and stays outside the estimate.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from schemas.moments import SECOND_MS, Instant
from schemas.records.case import UrlState
from streams.statistics.survival import Curve, kaplan_meier

UNKNOWN: Final = "unknown"
QUARTILES: Final = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One report of the source.

    Attributes:
        reported_at: when it was added.
        last_online_at: when the source last saw it; None = never.
        online: it still was at the source's last check.
        asns: `AS<number>` of every address, `unknown` where none is known.
        countries: likewise.
    """

    reported_at: Instant
    last_online_at: Instant | None
    online: bool
    asns: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayGroup:
    """The figures of the rows at one network, in one country, or of all.

    Attributes:
        by: `all`, `asn` or `country`.
        id: `all`, `AS64500`, `NL`, or `unknown`.
        quartiles_s: smallest t with S(t) <= 3/4, 1/2, 1/4, whole seconds; None = not reached.
    """

    by: str
    id: str
    reported: int
    removed: int
    online: int
    never_online: int
    quartiles_s: tuple[int | None, ...]


def rows_of(state: UrlState) -> list[SourceReport]:
    """Return the rows a URL's state holds, one per report; none until it is attributed."""
    if not state.attributions:
        return []
    places = [state.placements[i] for made in state.attributions for i in made.placement_indexes]
    asns = frozenset(f"AS{place.asn}" if place.asn else UNKNOWN for place in places)
    countries = frozenset(
        UNKNOWN if place.asn_country == "??" else place.asn_country for place in places
    )
    return [
        SourceReport(
            report.reported_at,
            report.last_online_at,
            bool(report.source_online),
            asns or frozenset({UNKNOWN}),
            countries or frozenset({UNKNOWN}),
        )
        for report in state.reports
    ]


def curve(rows: Iterable[SourceReport]) -> Curve:
    """Return the Kaplan-Meier estimate of the rows that were ever seen, in seconds."""
    seen = [(row, row.last_online_at) for row in rows if row.last_online_at is not None]
    durations = [max(0, last - row.reported_at) // SECOND_MS for row, last in seen]
    return kaplan_meier(durations, [not row.online for row, _ in seen])


def groups(rows: Sequence[SourceReport]) -> list[ReplayGroup]:
    """Return the figures of all rows, of every network and of every country that occurs.

    A row at several networks counts once in each of them and once in `all`. Within a kind the
    larger group comes first.
    """
    members: dict[tuple[str, str], list[SourceReport]] = defaultdict(list)
    for row in rows:
        members["all", "all"].append(row)
        for asn in row.asns:
            members["asn", asn].append(row)
        for country in row.countries:
            members["country", country].append(row)
    found = [_group(by, id, mine) for (by, id), mine in members.items()]
    return sorted(found, key=lambda group: (group.by, -group.reported, group.id))


def _group(by: str, id: str, rows: Sequence[SourceReport]) -> ReplayGroup:
    estimate = curve(rows)
    seen = [row for row in rows if row.last_online_at is not None]
    online = sum(row.online for row in seen)
    return ReplayGroup(
        by=by,
        id=id,
        reported=len(rows),
        removed=len(seen) - online,
        online=online,
        never_online=len(rows) - len(seen),
        quartiles_s=tuple(estimate.quantile(p) for p in QUARTILES),
    )
