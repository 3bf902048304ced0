"""Whose a URL is, resolution by resolution: owners, their names, and statements of origin.

See docs/measurement.md, Confirmation. `OwnerWalk` takes the resolutions of a URL in order of time.
It gives each hoster that one names to its owner. An owner goes on under another name. Two owners
that a new group joins are one from then on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.moments import DAY_MS, Instant
from schemas.reasons import Confidence, Role
from schemas.records.case_events import PackedAttribution, PackedPlacement

UNKNOWN = "unknown"

OVERFLOW = "overflow"

OPENS_WITHIN_MS = DAY_MS
"""Two resolutions of one vantage that are no further apart open a case."""


@dataclass(slots=True, eq=False)
class Owner:
    """What an owner has of a URL in one role.

    Attributes:
        first_name: its group at its first resolution; names its cases for ever.
        group: its group now.
        hosters: from when until when probes of each of its hosters are its own.
        names: all that it is or was called, for notices.
        places: its placements, once each, the earliest first.
        named_at: when each vantage last named it.
        new_at: when it was named while it was not open, no vantage having named it for 24 h.
        open_at: the first of two resolutions that opened it; None = not open yet.
        opened_at: when the second one said so.
        first: it was in the first attribution.
        ends_at: when another owner with an older case took its place.
        here: indexes of the resolutions that name it.
        direct: when it was named with an address of its own, until the next resolution.
        behind_at: when it was named behind a proxy first; None = never.
        away: when the newest statement of origin named another, until it named this one again.
    """

    first_name: str
    group: str
    role: Role
    hosters: dict[str, tuple[Instant, Instant | None]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    places: dict[PackedPlacement, None] = field(default_factory=dict)
    named_at: dict[str, Instant] = field(default_factory=dict)
    new_at: list[Instant] = field(default_factory=list)
    open_at: Instant | None = None
    opened_at: Instant | None = None
    first: bool = False
    ends_at: Instant | None = None
    here: set[int] = field(default_factory=set)
    direct: list[tuple[Instant, Instant | None]] = field(default_factory=list)
    away: list[tuple[Instant, Instant | None]] = field(default_factory=list)
    behind_at: Instant | None = None

    @property
    def behind(self) -> bool:
        """Return whether it was only ever named behind a proxy."""
        return bool(self.places) and all(is_behind(place) for place in self.places)

    def open(self, at: Instant, known_at: Instant) -> None:
        """Open it at an instant, or earlier than it was."""
        self.open_at = at if self.open_at is None else min(self.open_at, at)
        self.opened_at = known_at if self.opened_at is None else self.opened_at

    def name(self, vantage: str, at: Instant) -> None:
        """Note that a vantage named it; the second time within 24 h opens it."""
        if self.open_at is None and all(
            at - known > OPENS_WITHIN_MS for known in self.named_at.values()
        ):
            self.new_at.append(at)
        before = self.named_at.get(vantage)
        if before is not None and at - before <= OPENS_WITHIN_MS:
            self.open(before, at)
        self.named_at[vantage] = at

    def adopt(self, place: PackedPlacement, at: Instant) -> None:
        """Take a placement as its own, and the name that it gives."""
        self.group = place.group
        self.names |= {place.hoster, place.group, *place.formerly}
        self.places[place] = None
        known = self.hosters.get(place.hoster)
        if known is None:
            renamed = not self.hosters or not self.hosters.keys().isdisjoint(place.formerly)
            self.hosters[place.hoster] = (0 if renamed else at), None
        elif known[1] is not None:
            self.hosters[place.hoster] = known[0], None


def is_behind(place: PackedPlacement) -> bool:
    """Return whether a placement is behind a proxy; older records said so of statements alone."""
    return place.behind or is_stated(place)


def is_stated(place: PackedPlacement) -> bool:
    """Return whether a placement rests on a statement of origin."""
    return place.confidence is Confidence.STATEMENT


IsOpen: TypeAlias = Callable[[Owner, Instant], bool]
"""Says whether an owner's case was open at an instant."""


class OwnerWalk:
    """Takes resolutions in order of time.

    Args:
        placements: those that resolutions name by their places.
        first_at: when the first of them was made.
        is_open: asked of two owners that a new group joins.

    Attributes:
        owners: all that were named, in the order in which they were.
    """

    def __init__(
        self, placements: Sequence[PackedPlacement], first_at: Instant, is_open: IsOpen
    ) -> None:
        self.owners: list[Owner] = []
        self._placements = placements
        self._first_at = first_at
        self._is_open = is_open
        self._live: dict[tuple[str, Role], Owner] = {}
        self._by_hoster: dict[tuple[str, Role], Owner] = {}
        self._behind: dict[Owner, None] = {}
        self._known: dict[int, Owner] = {}
        self._origins: set[Owner] | None = None  # whom the newest statement of origin names

    def take(self, index: int, made: PackedAttribution) -> None:
        """Take one resolution.

        Args:
            index: its place among the state's.
            made: the resolution.
        """
        placements, places, at = self._placements, made.places, made.at
        proxied = stated = False
        for n in places:
            proxied |= placements[n].role is Role.PROXY
            stated |= is_stated(placements[n])
        if self._origins is not None and proxied and not stated:
            places = tuple([n for n in places if not placements[n].behind])
        found = self._assigned(places, at)
        said = {found[n] for n in places if is_stated(placements[n])} if stated else ()
        if said:
            self._follow(set(said), at)
        named = dict.fromkeys(found.values())
        for owner in [*named, *([self._overflow()] if made.more else ())]:
            if at == self._first_at or owner in said:
                owner.first |= at == self._first_at
                owner.open(at, at)
            owner.name(made.vantage, at)
            owner.here.add(index)
        for owner in self._origins or () if proxied else ():
            owner.here.add(index)
        self._note_direct(found, at)

    def _overflow(self) -> Owner:
        known = self._live.get((OVERFLOW, Role.HOSTING))
        if known is None:
            known = self._begun(OVERFLOW, Role.HOSTING)
            known.hosters[OVERFLOW] = 0, None
            known.names.add(OVERFLOW)
        return known

    def _begun(self, group: str, role: Role) -> Owner:
        owner = self._live[group, role] = Owner(group, group, role)
        self.owners.append(owner)
        return owner

    def _assigned(self, places: Sequence[int], at: Instant) -> dict[int, Owner]:
        """Give each placement of a resolution to its owner."""
        known = {n: self._as_before(n) for n in places}
        found = {n: owner for n, owner in known.items() if owner is not None}
        if len(found) == len(known):
            return found  # all are named as before: by far the most frequent
        keys = [(self._placements[n].group, self._placements[n].role) for n in places]
        kept = {self._live[key] for key in keys if key in self._live}
        for n in places:
            self._owner(n, kept, at)
        return {n: self._known[n] for n in places}  # two of them may have been joined

    def _as_before(self, n: int) -> Owner | None:
        """Return the owner of a placement that has been its own since it was last named."""
        owner, place = self._known.get(n), self._placements[n]
        if owner is None or place.formerly or owner.group != place.group:
            return None
        same = self._by_hoster.get((place.hoster, place.role)) is owner
        return owner if same and self._live.get((place.group, place.role)) is owner else None

    def _owner(self, n: int, kept: set[Owner], at: Instant) -> None:
        """Find the owner of a placement, renamed or joined where it says so.

        Args:
            n: the placement.
            kept: owners that the resolution names as they are called now.
            at: when it was made.
        """
        place = self._placements[n]
        role = place.role
        own = self._live.get((place.group, role))
        found = [] if own is None else [own]
        if place.group != UNKNOWN:
            linked = [self._by_hoster.get((name, role)) for name in (place.hoster, *place.formerly)]
            linked += [self._live.get((name, role)) for name in place.formerly]
            found += [
                one
                for one in dict.fromkeys(linked)
                if one is not None and one is not own and one not in kept
            ]
        owner = self._joined(found, at) if found else self._begun(place.group, role)
        before = self._by_hoster.get((place.hoster, role))
        if before is not None and before is not owner:
            since, _ = before.hosters[place.hoster]  # it was sold: probes of it are another's
            before.hosters[place.hoster] = since, at
        self._by_hoster[place.hoster, role] = owner
        if owner.group != place.group:
            self._live.pop((owner.group, role), None)
            self._live[place.group, role] = owner
        owner.adopt(place, at)
        if is_behind(place):
            self._behind[owner] = None
            owner.behind_at = at if owner.behind_at is None else owner.behind_at
        self._known[n] = owner

    def _joined(self, found: Sequence[Owner], at: Instant) -> Owner:
        """Return the owner that goes on; the others' cases end then."""
        if len(found) == 1:
            return found[0]
        opened = [owner for owner in found if owner.open_at is not None]
        standing = [owner for owner in opened if self._is_open(owner, at)]
        goes_on = min(
            standing or opened or found, key=lambda o: (o.open_at or 0, o.first_name, o.role)
        )
        for other in found:
            if other is not goes_on:
                self._absorb(goes_on, other, at)
        return goes_on

    def _absorb(self, owner: Owner, other: Owner, at: Instant) -> None:
        pending = other.open_at is None
        for hoster, (_, until) in other.hosters.items():
            if until is None:
                since, _ = owner.hosters.get(hoster, (0 if pending else at, None))
                owner.hosters[hoster] = since, None
        for key, known in list(self._by_hoster.items()):
            if known is other:
                self._by_hoster[key] = owner
        for n, known in list(self._known.items()):
            if known is other:
                self._known[n] = owner
        owner.names |= other.names
        for vantage, named_at in other.named_at.items():
            owner.named_at[vantage] = max(named_at, owner.named_at.get(vantage, 0))
        other.ends_at = at
        if self._live.get((other.group, other.role)) is other:
            del self._live[other.group, other.role]
        if self._origins is not None and other in self._origins:
            self._origins = (self._origins - {other}) | {owner}

    def _follow(self, origins: set[Owner], at: Instant) -> None:
        """Let the hosting cases behind the proxy follow the newest statement of origin."""
        self._origins = origins
        for owner in self._behind:
            gone = bool(owner.away) and owner.away[-1][1] is None
            if owner in origins:
                if gone:
                    owner.away[-1] = owner.away[-1][0], at
            elif owner.behind and not gone and owner.ends_at is None:
                owner.away.append((at, None))

    def _note_direct(self, found: dict[int, Owner], at: Instant) -> None:
        if not self._behind:  # nobody is, as yet
            for owner in found.values():
                if not owner.direct:
                    owner.direct.append((at, None))
            return
        direct = {owner for n, owner in found.items() if not is_behind(self._placements[n])}
        for owner in dict.fromkeys(found.values()):
            running = bool(owner.direct) and owner.direct[-1][1] is None
            if owner in direct and not running:
                owner.direct.append((at, None))
            elif owner not in direct and running:
                owner.direct[-1] = owner.direct[-1][0], at
