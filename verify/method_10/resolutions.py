"""What resolutions say of an owner: whether the name leads there, through a proxy or not.

Rules 1.3, 3.8 and 12.4 of docs/measurement.md.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from schemas.closed_lists import Confidence, Role
from schemas.moments import Instant
from verify.ledger.facts import Resolution
from verify.ledger.records import UrlRecords
from verify.method_10.hosting_spells import answered
from verify.method_10.owner import HostingSpell, is_of

NamesOwner: TypeAlias = tuple[Instant, str, bool | None]
"""When, which vantage, and whether its name servers named the owner; None = they gave no answer."""


def includes(spell: HostingSpell, resolution: Resolution) -> bool:
    """Return whether a resolution leads to the owner."""
    return any(is_of(place, spell, resolution.at) for place in resolution.placements)


def behind_a_proxy(records: UrlRecords, spell: HostingSpell, at: Instant) -> bool:
    """Return whether an owner is seen through a registered proxy alone at an instant (3.8)."""
    here = [made for made in answered(records) if includes(spell, made)]
    before = [made for made in here if made.at <= at] or here[:1]
    newest_at = max((made.at for made in before), default=0)
    mine = [
        place
        for made in before
        if made.at == newest_at
        for place in made.placements
        if is_of(place, spell, made.at)
    ]
    return bool(mine) and all(place.behind for place in mine)


def has_own_address(records: UrlRecords, spell: HostingSpell) -> bool:
    """Return whether a resolution ever led to an address of the owner's own."""
    return any(
        not place.behind
        for made in answered(records)
        for place in made.placements
        if is_of(place, spell, made.at)
    )


def stated(records: UrlRecords, spell: HostingSpell) -> Iterator[tuple[Instant, bool]]:
    """Give when hotlines stated an origin behind a proxy, and whether it is this owner (12.4).

    Behind a proxy the hosting case follows the newest statement. An owner that was ever seen at an
    address of its own is not behind one: it is probed there, and leaves as DNS says.
    """
    if spell.role is not Role.HOSTING:
        return
    known = direct = False
    for made in answered(records):
        said = [p for p in made.placements if p.behind and p.confidence == Confidence.STATEMENT]
        mine = [p for p in made.placements if is_of(p, spell, made.at)]
        known |= bool(mine)
        direct |= any(not p.behind for p in mine)
        here = any(is_of(p, spell, made.at) for p in said)
        if said and known and (here or not direct):
            yield made.at, here


def named_directly(records: UrlRecords, spell: HostingSpell) -> Iterator[NamesOwner]:
    """Give the resolutions that lead to an address of the owner's own, as `absences` does."""
    for made in answered(records):
        mine = [place for place in made.placements if is_of(place, spell, made.at)]
        if any(not place.behind for place in mine):
            yield made.at, made.vantage, True


def absences(
    records: UrlRecords, spell: HostingSpell, observed: Iterable[NamesOwner]
) -> Iterator[NamesOwner]:
    """Give who was led to the owner or elsewhere, in order of time.

    Args:
        records: all that the ledger holds of the URL.
        spell: the owner.
        observed: what its probes resolved.
    """
    named: list[NamesOwner] = [
        (made.at, made.vantage, includes(spell, made)) for made in answered(records)
    ]
    yield from sorted({*named, *observed}, key=lambda one: (one[0], one[1], one[2] is not False))
