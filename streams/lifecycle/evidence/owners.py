"""Whose a URL is, resolution by resolution: owners, their names, and statements of origin.

Rules 1.1, 1.2 and 1.5 to 1.8 of docs/measurement.md. `OwnerWalk` takes the resolutions of a URL in
order of time. It gives each hoster that one names to its owner. An owner goes on under another
name. Two owners that a new group joins are one from then on.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from schemas.closed_lists import Role
from schemas.moments import Instant
from schemas.records.case_events import PackedAttribution, PackedPlacement
from streams.lifecycle.evidence.owner import (
    OVERFLOW,
    UNKNOWN,
    Owner,
    has_name,
    is_behind,
    is_stated,
)

IsOpen: TypeAlias = Callable[[Owner, Instant], bool]
"""Says whether an owner's case was open at an instant."""


class OwnerWalk:
    """Takes resolutions in order of time.

    Args:
        placements: those that resolutions name by their indexes.
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
        self._nameless: dict[tuple[str, Role], Owner] = {}  # by address
        self._given: dict[tuple[str, Role], Owner] = {}  # by the group that a decision names
        self._known: dict[int, Owner] = {}
        self._origins: set[Owner] | None = None  # whom the newest statement of origin names

    def take(self, index: int, made: PackedAttribution) -> None:
        """Take one resolution, by its index among the state's."""
        placements, indexes, at = self._placements, made.placement_indexes, made.at
        proxied = stated = False
        for n in indexes:
            proxied |= placements[n].role is Role.PROXY
            stated |= is_stated(placements[n])
        if self._origins is not None and proxied and not stated:
            indexes = tuple([n for n in indexes if not placements[n].behind])
        found = self._assigned(indexes, at)
        said = {found[n] for n in indexes if is_stated(placements[n])} if stated else ()
        if said:
            self._follow(set(said), at)
        for owner in said:
            owner.open(at, at)
            owner.stated.add(index)
        self._name(found, index, made)
        for owner in self._origins or () if proxied else ():
            owner.here.add(index)
        if self._behind:  # one resolution may name several addresses of an owner
            for owner in dict.fromkeys(o for n, o in found.items() if not is_behind(placements[n])):
                owner.name_direct(made.vantage, at)

    def give(self, owner: Owner, group: str, at: Instant) -> None:
        """Let resolutions that name a group count for an owner too, as a decision says (rule 12.6).

        A case that the group has open by itself stays one, and of several given ones the first.

        Args:
            owner: whose case is the group's.
            group: of the hoster that the decision names.
            at: when it was made.
        """
        key = group, owner.role
        if key in self._given:
            return
        other = self._live.get(key)
        if other is owner:
            return
        if other is not None:
            if other.opened_at is not None and self._is_open(other, at):
                return
            self._absorb(owner, other, at)
        self._given[key] = owner

    def _name(self, found: dict[int, Owner], index: int, made: PackedAttribution) -> None:
        """Note whom a resolution names.

        Args:
            found: the owner of each of its placements.
            index: its own index.
            made: the resolution.
        """
        named = dict.fromkeys(found.values())
        direct = named
        if self._behind:
            placed = found.items()
            direct = dict.fromkeys(one for n, one in placed if not is_behind(self._placements[n]))
        for owner in [*named, *([self._overflow()] if made.more else ())]:
            if made.at == self._first_at:
                owner.first = True
                owner.open(made.at, made.at)
            owner.name(made.vantage, made.at, direct=owner in direct)
            owner.here.add(index)

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

    def _assigned(self, indexes: Sequence[int], at: Instant) -> dict[int, Owner]:
        """Give each placement of a resolution to its owner."""
        known = {n: self._as_before(n) for n in indexes}
        found = {n: owner for n, owner in known.items() if owner is not None}
        if len(found) == len(known):
            return found  # all are named as before: by far the most frequent
        keys = [(self._placements[n].group, self._placements[n].role) for n in indexes]
        kept = {self._live[key] for key in keys if key in self._live}
        for n in indexes:
            self._owner(n, kept, at)
        for n in indexes:  # once all are joined
            place = self._placements[n]
            owner = self._known[n] = self._by_hoster[place.hoster, place.role]
            owner.adopt(place, at)
            if place.address_key and not has_name(place):
                self._nameless[place.address_key, place.role] = owner
            if is_behind(place):
                self._behind[owner] = None
        return {n: self._known[n] for n in indexes}

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
        given = self._given.get((place.group, role))
        own = [one for one in (self._live.get((place.group, role)), given) if one is not None]
        found = [*dict.fromkeys(own)]
        if place.group != UNKNOWN:
            found += [one for one in self._linked(place) if one not in own and one not in kept]
        owner = self._joined(found, at) if found else self._begun(place.group, role)
        if not found:
            owner.adopt(place, at)  # it is the first of its placements, whoever is joined to it
        before = self._by_hoster.get((place.hoster, role))
        if before is not None and before is not owner:
            since, _ = before.hosters[place.hoster]  # it was sold: probes of it are another's
            before.hosters[place.hoster] = since, at
            before.left.setdefault(place.hoster, at)
        self._by_hoster[place.hoster, role] = owner
        if owner is given:
            owner.given_name = place.group if owner.is_named_by(place) else owner.given_name
        elif owner.group != place.group:
            self._live.pop((owner.group, role), None)
            self._live[place.group, role] = owner
            if owner.group not in owner.hosters and owner.group not in place.formerly:
                owner.left[owner.group] = at  # it was sold
            owner.group = place.group
        owner.call(place, at)

    def _linked(self, place: PackedPlacement) -> Sequence[Owner]:
        """Return the owners that a placement says have another name now (rules 1.5 and 1.6)."""
        role = place.role
        by_hoster = [self._by_hoster.get((name, role)) for name in (place.hoster, *place.formerly)]
        linked = [one for one in by_hoster if one is not None and one.goes_with(place)]
        linked += [
            one for name in place.formerly if (one := self._live.get((name, role))) is not None
        ]
        nameless = self._nameless.get((place.address_key, role))
        if nameless is not None and has_name(place):
            linked.append(nameless)
        return [*dict.fromkeys(linked)]

    def _joined(self, found: Sequence[Owner], at: Instant) -> Owner:
        """Return the owner that goes on; the others' cases end then."""
        if len(found) == 1:
            return found[0]
        opened = [owner for owner in found if owner.opened_at is not None]
        still_open = [owner for owner in opened if self._is_open(owner, at)]
        goes_on = min(
            still_open or opened or found, key=lambda o: (o.opened_at or 0, o.first_name, o.role)
        )
        for other in found:
            if other is not goes_on:
                self._absorb(goes_on, other, at)
        return goes_on

    def _absorb(self, owner: Owner, other: Owner, at: Instant) -> None:
        pending = other.opened_at is None
        for hoster, (_, until) in other.hosters.items():
            if until is None:
                since, _ = owner.hosters.get(hoster, (0 if pending else at, None))
                owner.hosters[hoster] = since, None
        for held in (self._by_hoster, self._nameless, self._given):
            held |= {key: owner for key, known in held.items() if known is other}
        self._known = {n: known for n, known in self._known.items() if known is not other}
        owner.left |= {n: left for n, left in other.left.items() if n not in owner.names}
        for name in other.names - other.left.keys():
            owner.left.pop(name, None)
        owner.names |= other.names
        if pending:
            owner.take_over(other, at)
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
                    owner.back_at.clear()
            elif owner.behind and not gone and owner.ends_at is None:
                owner.away.append((at, None))
