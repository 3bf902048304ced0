"""At which hosters a URL was, and since when, by its resolutions.

See docs/measurement.md, Cases.
"""

from dataclasses import dataclass, replace
from typing import Final

from schemas.closed_lists import Role
from schemas.moments import Instant
from verify.ledger.facts import Placement, Resolution
from verify.ledger.records import UrlRecords

UNKNOWN: Final = "unknown"
OVERFLOW: Final = "overflow"
STAYS_MAX: Final = 16
"""(owner, role) a URL; what exceeds it falls into one flagged spell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingSpell:
    """A URL's time at one owner's hosters in one role.

    Attributes:
        members: (owner, role) pairs whose observations and resolutions are those of this spell.
        hosters: ids of that owner that served it.
        place: the first place found; it names the hoster of the case.
        open_at: since when.
        from_start: since the URL's first resolution.
    """

    group: str
    role: Role
    members: frozenset[tuple[str, Role]]
    hosters: frozenset[str]
    place: Placement
    open_at: Instant
    from_start: bool


def hosting_spells(records: UrlRecords) -> list[HostingSpell]:
    """Return the spells of a URL by opening time."""
    made = [r for r in records.resolutions if r.answered or r.placements]
    if not made:
        return []
    found = []
    for key in sorted({(p.group, p.role) for r in made for p in r.placements}):
        open_at = _opened_at(made, key)
        if open_at is not None:
            found.append(_stay(made, key, open_at))
    found = _known_from_the_start(found)
    found.sort(key=lambda s: (s.open_at, s.group, s.role))
    return _at_most_sixteen(found)


def _has(resolution: Resolution, key: tuple[str, Role]) -> bool:
    return any((p.group, p.role) == key for p in resolution.placements)


def _opened_at(made: list[Resolution], key: tuple[str, Role]) -> Instant | None:
    """Return when a spell began: the first resolution, or the first of two running of a vantage."""
    if any(_has(r, key) for r in made if r.at == made[0].at):
        return made[0].at
    for i, second in enumerate(made):
        before = [r for r in made[:i] if r.vantage == second.vantage]
        if before and _has(second, key) and _has(before[-1], key):
            return before[-1].at
    return None


def _stay(made: list[Resolution], key: tuple[str, Role], open_at: Instant) -> HostingSpell:
    mine = [p for r in made for p in r.placements if (p.group, p.role) == key]
    return HostingSpell(
        group=key[0],
        role=key[1],
        members=frozenset({key}),
        hosters=frozenset(p.hoster for p in mine),
        place=mine[0],
        open_at=open_at,
        from_start=open_at == made[0].at,
    )


def _known_from_the_start(found: list[HostingSpell]) -> list[HostingSpell]:
    """Let the first hoster known stand for the time when nobody was known."""
    nobody = [s for s in found if s.group == UNKNOWN]
    known = [s for s in found if s.group != UNKNOWN]
    if not nobody or not known:
        return found
    first_at = min(s.open_at for s in known)
    earliest = min(nobody, key=lambda s: s.open_at)
    return [_in_place_of(s, earliest) if s.open_at == first_at else s for s in known]


def _in_place_of(spell: HostingSpell, nobody: HostingSpell) -> HostingSpell:
    return replace(
        spell,
        open_at=min(spell.open_at, nobody.open_at),
        from_start=spell.from_start or nobody.from_start,
        hosters=spell.hosters | nobody.hosters,
    )


def _at_most_sixteen(found: list[HostingSpell]) -> list[HostingSpell]:
    kept, rest = found[: STAYS_MAX - 1], found[STAYS_MAX - 1 :]
    if len(rest) <= 1:
        return found
    place = rest[0].place
    return [
        *kept,
        replace(
            rest[0],
            group=OVERFLOW,
            role=Role.HOSTING,
            members=frozenset(m for spell in rest for m in spell.members),
            hosters=frozenset(h for spell in rest for h in spell.hosters) | {OVERFLOW},
            place=Placement(
                hoster=OVERFLOW,
                group=OVERFLOW,
                role=place.role,
                country=place.country,
                asn=place.asn,
                asn_country=place.asn_country,
                confidence=place.confidence,
                contested=place.contested,
                address_key=place.address_key,
                inclusion=place.inclusion,
                sampled=place.sampled,
            ),
        ),
    ]
