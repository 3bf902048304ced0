"""At which hosters a URL is, and since when, judged from DNS per vantage.

See docs/measurement.md, Confirmation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from schemas.moments import Instant
from schemas.reasons import Role
from schemas.records.case import UrlState
from schemas.records.case_events import PackedAttribution, PackedPlacement

UNKNOWN = "unknown"

STAYS_MAX = 16
"""(group, role) pairs a URL; the rest fall into one flagged `overflow` stay."""

OVERFLOW = "overflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingSpell:
    """A URL's presence at one group of hosters in one role.

    Attributes:
        group: the owner; moves within it are none.
        pairs: (group, role) of the placements that are this stay's.
        hosters: ids of the group that served it.
        place: the earliest placement; it names the hoster of the case.
        open_at: first attribution, or the first of 2 consecutive resolutions that include it.
        first: it was in the URL's first attribution.
    """

    group: str
    role: Role
    pairs: frozenset[tuple[str, Role]]
    hosters: frozenset[str]
    place: PackedPlacement
    open_at: Instant
    first: bool


def hosting_spells(state: UrlState) -> list[HostingSpell]:
    """Return the stays of a URL by opening time; none until it is attributed."""
    answered = [a for a in state.attributions if a.answered or a.places]
    if not answered:
        return []
    where = _opened(state, answered)
    places = _places(state, answered)
    found = [
        _stay(key, places[key], open_at, first=open_at == answered[0].at)
        for key, open_at in where.items()
    ]
    found = _without_placeholder(found)
    found.sort(key=lambda spell: (spell.open_at, spell.group, spell.role))
    return _bounded(found)


def _groups(state: UrlState, made: PackedAttribution) -> set[tuple[str, Role]]:
    return {(state.placements[i].group, state.placements[i].role) for i in made.places}


def _opened(
    state: UrlState, answered: Sequence[PackedAttribution]
) -> dict[tuple[str, Role], Instant]:
    first_at = answered[0].at
    opened: dict[tuple[str, Role], Instant] = {}
    before: dict[str, tuple[Instant, set[tuple[str, Role]]]] = {}
    for made in answered:
        here = _groups(state, made)
        for key in here:
            if made.at == first_at:
                opened.setdefault(key, made.at)
            elif made.vantage in before and key in before[made.vantage][1]:
                opened.setdefault(key, before[made.vantage][0])
        before[made.vantage] = (made.at, here)
    return opened


def _places(
    state: UrlState, answered: Sequence[PackedAttribution]
) -> dict[tuple[str, Role], list[PackedPlacement]]:
    """Return the placements at each group in each role, once each, the earliest first."""
    found: dict[tuple[str, Role], dict[PackedPlacement, None]] = {}
    for made in answered:
        for i in made.places:
            place = state.placements[i]
            found.setdefault((place.group, place.role), {})[place] = None
    return {key: list(places) for key, places in found.items()}


def _stay(
    key: tuple[str, Role], mine: Sequence[PackedPlacement], open_at: Instant, *, first: bool
) -> HostingSpell:
    group, role = key
    return HostingSpell(
        group=group,
        role=role,
        pairs=frozenset({key}),
        hosters=frozenset(place.hoster for place in mine),
        place=mine[0],
        open_at=open_at,
        first=first,
    )


def _without_placeholder(found: list[HostingSpell]) -> list[HostingSpell]:
    """Drop `unknown` once a hoster is known; the first one known takes its place from its start."""
    placeholder = next((spell for spell in found if spell.group == UNKNOWN), None)
    known = [spell for spell in found if spell.group != UNKNOWN]
    if placeholder is None or not known:
        return found
    known_at = min(spell.open_at for spell in known)
    return [
        replace(
            spell,
            open_at=min(spell.open_at, placeholder.open_at),
            first=spell.first or placeholder.first,
            hosters=spell.hosters | placeholder.hosters,
        )
        if spell.open_at == known_at
        else spell
        for spell in known
    ]


def _bounded(found: list[HostingSpell]) -> list[HostingSpell]:
    """Put what exceeds the limit into one stay, so that no report is without a case."""
    kept, rest = found[: STAYS_MAX - 1], found[STAYS_MAX - 1 :]
    if len(rest) < 2:
        return found
    return [
        *kept,
        replace(
            rest[0],
            group=OVERFLOW,
            role=Role.HOSTING,
            pairs=frozenset().union(*(spell.pairs for spell in rest)),
            hosters=frozenset({OVERFLOW}).union(*(spell.hosters for spell in rest)),
            place=msgspec.structs.replace(rest[0].place, hoster=OVERFLOW, group=OVERFLOW),
        ),
    ]
