"""At which owners a URL was, from when on, and when it left them (rules 1.2, 1.5, 1.6 and 12.1)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from schemas.closed_lists import Confidence, Role
from schemas.moments import DAY_MS, Instant
from verify.ledger.facts import Placement, Resolution
from verify.ledger.records import UrlRecords
from verify.method_10.decisions import newest_about, reattributions
from verify.method_10.owner import OVERFLOW, UNKNOWN, HostingSpell, names_of

OWNERS_MAX: Final = 16
WITHIN_MS: Final = DAY_MS


IsOpen: TypeAlias = Callable[[HostingSpell, Instant], bool]


def answered(records: UrlRecords) -> list[Resolution]:
    """Return the resolutions that somebody answered, in order of time."""
    return [made for made in records.resolutions if made.answered or made.placements]


def hosting_spells(records: UrlRecords, is_open: IsOpen = lambda _, __: True) -> list[HostingSpell]:
    """Return the owners that a case was opened at, by opening (rule 1.2).

    Args:
        records: all that the ledger holds of the URL.
        is_open: of two owners that a group joins, says whether an owner's case was open then.
    """
    made = answered(records)
    if not made:
        return []
    found: list[HostingSpell] = []
    due = sorted({one.decided_at for one in reattributions(records)}, reverse=True)
    for resolution in made:
        while due and due[-1] <= resolution.at:
            _give(found, records, (due.pop(), is_open))
        called = {(place.group, place.role) for place in resolution.placements}
        kept = [p for p in found if p.joined_at is None and (p.group, p.role) in called]
        for place in resolution.placements:
            known = _known(found, place)
            known = [p for p in known if place.group in {p.group, *p.given} or p not in kept]
            _assign(found, known, place, (resolution.at, is_open))
        for place in resolution.placements:
            _name(_known(found, place)[0], resolution, place, first=resolution.at == made[0].at)
    for at in reversed(due):
        _give(found, records, (at, is_open))
    opened = [p for p in found if p.opened_at is not None]
    opened = _nobody_was_known(opened)
    opened.sort(key=_opening)
    return _at_most_sixteen(opened, made)


def _opening(spell: HostingSpell) -> tuple[object, ...]:
    return spell.opened_at, spell.place.group, spell.role


def _known(found: Sequence[HostingSpell], place: Placement) -> list[HostingSpell]:
    """Return the owners that a place is at, by any of the names that it gives."""
    return [p for p in found if p.role is place.role and p.joined_at is None and _is_at(p, place)]


def _is_at(spell: HostingSpell, place: Placement) -> bool:
    """Return whether a place is an owner's, under whatever name (rules 1.5 and 1.6)."""
    if spell.group in {place.group, *place.formerly} or place.group in spell.given:
        return True
    if place.group == UNKNOWN:
        return False
    if _is_nameless_at(spell, place):
        return True
    mine = spell.hosters - spell.left.keys()
    names = {place.hoster, *place.formerly}
    return bool(mine) and mine <= names  # a group keeps the case while another hoster served it


def _is_nameless_at(spell: HostingSpell, place: Placement) -> bool:
    named = place.confidence != Confidence.FALLBACK
    return named and place.address_key in spell.nameless_at


def _assign(
    found: list[HostingSpell],
    known: list[HostingSpell],
    place: Placement,
    when: tuple[Instant, IsOpen],
) -> None:
    """Give one place of a resolution to its owner: it renames, joins, or begins one."""
    at, is_open = when
    ended = {
        id(p) for p in known if len(known) > 1 and p.opened_at is not None and not is_open(p, at)
    }
    known.sort(key=lambda p: (p.opened_at is None, id(p) in ended, p.opened_at or 0, p.place.group))
    known = known or [_begun(found, place, at)]
    mine, joined = known[0], known[1:]
    for other in joined:
        _join(found, mine, other, at)
    for other in found:
        if other not in known and other.role is place.role and place.hoster in other.hosters:
            other.left.setdefault(place.hoster, at)
    _call(mine, place, at)


def _begun(found: list[HostingSpell], place: Placement, at: Instant) -> HostingSpell:
    """Return a new owner. A group that had its name has another one by now."""
    begun = HostingSpell(role=place.role, names=set(), hosters=set(), place=place, newest=[place])
    for other in found:
        if other.role is place.role and place.group in other.names:
            other.left.setdefault(place.group, at)
            if place.group != place.hoster:
                begun.since[place.group] = at
    found.append(begun)
    return begun


def _call(mine: HostingSpell, place: Placement, at: Instant) -> None:
    """Take the names that a place gives an owner, and the hoster."""
    mine.names |= names_of(place)
    if place.group not in mine.given:
        if mine.group not in {"", place.group, *place.formerly, *mine.hosters}:
            mine.left[mine.group] = at  # it was sold
        mine.group = place.group
    renamed = mine.hosters & {*place.formerly} or _is_nameless_at(mine, place)
    if mine.hosters and place.hoster not in mine.hosters and not renamed:
        mine.since[place.hoster] = at
    mine.hosters.add(place.hoster)
    for name in (place.hoster, place.group):
        mine.left.pop(name, None)
    if place.address_key and place.confidence == Confidence.FALLBACK:
        mine.nameless_at.add(place.address_key)
    for i, newest in enumerate(mine.newest):
        named = newest.confidence == Confidence.FALLBACK and place.address_key == newest.address_key
        if newest.hoster in {place.hoster, *place.formerly} or (named and place.address_key):
            mine.newest[i] = place  # the same hoster, perhaps under another name or owner
            break
    else:
        mine.newest.append(place)


def _join(found: list[HostingSpell], mine: HostingSpell, other: HostingSpell, at: Instant) -> None:
    """Let one owner go on for another, whose case ends if it has one."""
    for name in (other.names | other.hosters) - (mine.names | mine.hosters):
        mine.since[name] = 0 if other.opened_at is None else at
    mine.names |= other.names
    mine.hosters |= other.hosters - other.left.keys()
    mine.left |= {name: at for name, at in other.left.items() if name not in mine.hosters}
    for name in (other.names | other.hosters) - other.left.keys():
        mine.left.pop(name, None)
    mine.given |= other.given
    if other.opened_at is None:
        _take_over(mine, other)
        found.remove(other)
    else:
        other.joined_at = at


def _give(found: list[HostingSpell], records: UrlRecords, when: tuple[Instant, IsOpen]) -> None:
    """Let decisions of an instant say which owner goes on as which group (rule 12.6)."""
    at, is_open = when
    for spell in [p for p in found if p.opened_at is not None]:
        if spell.joined_at is not None:
            continue
        made = newest_about(records, spell.first_name, spell.role)
        if made is None or made.decided_at != at or spell.group == UNKNOWN:
            continue
        group = made.group or made.hoster or ""
        same = [p for p in found if p.role is spell.role and p.joined_at is None]
        if spell.group == group or any(group in p.given for p in same):
            continue
        others = [p for p in same if p is not spell and p.group == group]
        if any(p.opened_at is not None and is_open(p, at) for p in others):
            continue  # a case that the group has by itself stays one
        for other in others:
            _join(found, spell, other, at)
        spell.given.add(group)


def _take_over(mine: HostingSpell, pending: HostingSpell) -> None:
    """Take what is known of an owner without a case that turns out to be this one."""
    mine.seen = sorted({*mine.seen, *pending.seen})
    mine.nameless_at |= pending.nameless_at
    mine.contested |= pending.contested
    mine.disclosed |= pending.disclosed
    behind = [one.behind_at for one in (mine, pending) if one.behind_at is not None]
    mine.behind_at = min(behind, default=None)


def _name(mine: HostingSpell, made: Resolution, place: Placement, *, first: bool) -> None:
    """Note that a resolution names an owner; the second one within 24 h opens its case."""
    mine.contested |= place.contested
    mine.disclosed |= place.disclosed
    if place.behind and mine.behind_at is None:
        mine.behind_at = made.at
    if (made.at, made.vantage) not in mine.seen:
        mine.seen.append((made.at, made.vantage))
    at_once = first or (place.behind and place.confidence == Confidence.STATEMENT)
    opened = [mine.opened_at, made.at if at_once else None, _second_within_a_day(mine.seen)]
    mine.opened_at = min((at for at in opened if at is not None), default=None)
    mine.from_start |= first


def _second_within_a_day(seen: Sequence[tuple[Instant, str]]) -> Instant | None:
    """Return the first of two resolutions of one vantage within 24 h that include the owner."""
    for first_at, vantage in sorted(seen):
        for second_at, other in sorted(seen):
            if other == vantage and 0 < second_at - first_at <= WITHIN_MS:
                return first_at
    return None


def _nobody_was_known(opened: list[HostingSpell]) -> list[HostingSpell]:
    """Let the first owner known stand for nobody known, before it was known and later (8.7)."""
    nobody = [p for p in opened if p.owner == UNKNOWN]
    known = [p for p in opened if p.owner != UNKNOWN]
    if not nobody or not known:
        return opened
    first_at = min(p.opened_at for p in known if p.opened_at is not None)
    earliest = min(nobody, key=_opening)
    for spell in known:
        if spell.opened_at == first_at and earliest.opened_at is not None:
            _take_over(spell, earliest)
            spell.opened_at = min(first_at, earliest.opened_at)
            spell.from_start |= earliest.from_start
            spell.hosters |= earliest.hosters
            spell.known_at = first_at
    return known


def _at_most_sixteen(opened: list[HostingSpell], made: Iterable[Resolution]) -> list[HostingSpell]:
    """Put what is beyond 16 owners and roles, or 8 places of an answer, into one case (1.8)."""
    kept, rest = opened, list[HostingSpell]()
    if len(opened) > OWNERS_MAX:
        kept, rest = opened[:OWNERS_MAX], opened[OWNERS_MAX:]
    unnamed = [r for r in made if r.more]
    if not rest and not unnamed:
        return opened
    places = [p.place for p in rest] + [Placement(hoster=OVERFLOW, group=OVERFLOW)]
    first_at = min((r.at for r in made), default=0)
    times = [p.opened_at for p in rest if p.opened_at is not None]
    times += [r.at for r in unnamed]
    return [
        *kept,
        HostingSpell(
            role=Role.HOSTING,
            names={OVERFLOW}.union(*(p.names for p in rest)),
            hosters={OVERFLOW}.union(*(p.hosters for p in rest)),
            place=places[0],
            newest=places[:1],
            opened_at=min(times),
            from_start=any(p.from_start for p in rest) or min(times) == first_at,
            overflow=True,
        ),
    ]
