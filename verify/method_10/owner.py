"""A URL at one owner: what it is called, and whom of its names it had when (rules 1.5 and 1.6)."""

from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Role
from schemas.moments import Instant
from verify.ledger.facts import Placement

UNKNOWN: Final = "unknown"
OVERFLOW: Final = "overflow"


@dataclass(slots=True, kw_only=True)
class HostingSpell:
    """A URL at one owner in one role.

    Attributes:
        names: all names of the owner, former ones too.
        group: what the owner is called now; a group that a hoster left is another owner's.
        hosters: the owner's hosters that served the URL.
        since: from when on a name or a hoster is the owner's; always, if it is not named here.
        left: when a hoster went to another owner.
        nameless_at: addresses at which it was called by its network, for want of a name.
        given: groups that a decision says are this owner.
        place: where it was found first.
        newest: where each of its hosters was found last, the earliest hoster first.
        behind_at: when it was named behind a proxy first; None = never.
        disclosed: the proxy's operator disclosed that it is the origin.
        seen: (when, vantage) of the resolutions that include the owner.
        opened_at: the first of two of one vantage within 24 h, or the first attribution; None = it
            never opened.
        from_start: it was there at the first attribution, so it holds from the first report on.
        contested: a hotline's statement contradicted an address, then or later.
        known_at: from when on an address of no known network is not known to be its own.
        joined_at: when a group joined it to an owner whose case opened first.
    """

    role: Role
    names: set[str]
    group: str = ""
    hosters: set[str]
    place: Placement
    newest: list[Placement]
    since: dict[str, Instant] = field(default_factory=dict)
    left: dict[str, Instant] = field(default_factory=dict)
    nameless_at: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    seen: list[tuple[Instant, str]] = field(default_factory=list)
    opened_at: Instant | None = None
    from_start: bool = False
    known_at: Instant | None = None
    joined_at: Instant | None = None
    overflow: bool = False
    contested: bool = False
    behind_at: Instant | None = None
    disclosed: bool = False

    def served(self, hoster: str, at: Instant) -> bool:
        """Return whether a probe of a hoster was one of this owner."""
        return hoster in self.hosters and self.has(hoster, at)

    def has(self, name: str, at: Instant) -> bool:
        """Return whether one of its names or hosters was its own at an instant."""
        return self.since.get(name, at) <= at and (name not in self.left or at < self.left[name])

    def is_nowhere(self, hoster: str, at: Instant) -> bool:
        """Return whether a probe was made at an address that is not known to be the owner's."""
        return hoster == UNKNOWN and self.known_at is not None and at >= self.known_at

    @property
    def first_name(self) -> str:
        """Return what the owner was called first; a case that is renamed keeps its id."""
        return OVERFLOW if self.overflow else self.place.group

    @property
    def owner(self) -> str:
        """Return the name under which the case stands now."""
        if self.overflow:
            return OVERFLOW
        return self.newest[0].group if self.shown is self.newest[0] else self.group

    @property
    def hoster(self) -> str:
        """Return the hoster that the case names."""
        return OVERFLOW if self.overflow else self.shown.hoster

    @property
    def shown(self) -> Placement:
        """Return the place that names the case: of the earliest hoster that it still has."""
        stayed = (place for place in self.newest if place.hoster not in self.left)
        return next(stayed, self.newest[0])


def names_of(place: Placement) -> set[str]:
    """Return the names an owner has and had, the hoster's own among them."""
    return {place.hoster, place.group, *place.formerly}


def is_of(place: Placement, spell: HostingSpell, at: Instant) -> bool:
    """Return whether a place is an owner's, by a name that was its own then (rules 1.5 and 1.6)."""
    names = names_of(place) & (spell.names | spell.hosters)
    return place.role is spell.role and any(spell.has(name, at) for name in names)
