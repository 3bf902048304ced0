"""What an owner has of a URL in one role: its names, its hosters, and when it was named.

See docs/measurement.md, Cases.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.closed_lists import Confidence, Role
from schemas.moments import DAY_MS, Instant
from schemas.records.case_events import PackedPlacement

UNKNOWN = "unknown"

OVERFLOW = "overflow"

RESOLVER = "attribution"
"""The stage of that name resolves once for a report. It is no vantage and is asked for no probe;
two of its resolutions within 24 h open a case as a vantage's do (rule 1.2)."""

OPENS_WITHIN_MS = DAY_MS
"""Two resolutions of one vantage that are no further apart open a case."""


class Naming(NamedTuple):
    """A resolution that names an owner.

    Attributes:
        at: when it was made.
        vantage: who made it.
        direct: it gives an address of the owner's own.
    """

    at: Instant
    vantage: str
    direct: bool


@dataclass(slots=True, eq=False)
class Owner:
    """What an owner has of a URL in one role.

    Attributes:
        first_name: its group at its first resolution; names its cases for ever.
        group: its group now.
        given_name: the group that a decision gave it, once its nameless address has that name.
        hosters: from when until when probes of each of its hosters are its own.
        names: all that it is or was called, for notices.
        left: when another owner went on with one of its names, or its hoster went to another.
        placements: its placements, once each, the earliest first.
        nameless_at: addresses at which it had only its network's name.
        named_at: when each vantage last named it.
        namings: of all resolutions that name it, in order of time.
        new_at: when it was named while it was not open, no vantage having named it for 24 h.
        opened_at: the first of two resolutions that opened it; None = not open yet.
        opening_known_at: when the second one said so.
        known_at: from when on an address of no known network is not known to be its own.
        first: it was in the first attribution.
        ends_at: when another owner with an older case took its place.
        here: indexes of the resolutions that name it.
        direct: when it was named with an address of its own, until the next resolution.
        behind_at: when it was named behind a proxy first; None = never.
        stated: those of them that state it as the origin behind a proxy.
        away: when the newest statement of origin named another, until it named this one again, or
            the first of two resolutions of one vantage within 24 h did.
        back_at: when each vantage last named an address of its own since then.
    """

    first_name: str
    group: str
    role: Role
    given_name: str = ""
    hosters: dict[str, tuple[Instant, Instant | None]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    left: dict[str, Instant] = field(default_factory=dict)
    placements: dict[PackedPlacement, None] = field(default_factory=dict)
    nameless_at: set[str] = field(default_factory=set)
    named_at: dict[str, Instant] = field(default_factory=dict)
    namings: list[Naming] = field(default_factory=list)
    new_at: list[Instant] = field(default_factory=list)
    opened_at: Instant | None = None
    opening_known_at: Instant | None = None
    known_at: Instant | None = None
    first: bool = False
    ends_at: Instant | None = None
    here: set[int] = field(default_factory=set)
    direct: list[tuple[Instant, Instant | None]] = field(default_factory=list)
    away: list[tuple[Instant, Instant | None]] = field(default_factory=list)
    behind_at: Instant | None = None
    stated: set[int] = field(default_factory=set)
    back_at: dict[str, Instant] = field(default_factory=dict)

    @property
    def behind(self) -> bool:
        """Return whether it was only ever named behind a proxy."""
        return bool(self.placements) and all(is_behind(place) for place in self.placements)

    def open(self, at: Instant, known_at: Instant) -> None:
        """Open it at an instant, or earlier than it was."""
        self.opened_at = at if self.opened_at is None else min(self.opened_at, at)
        self.opening_known_at = known_at if self.opening_known_at is None else self.opening_known_at

    def name(self, vantage: str, at: Instant, *, direct: bool) -> None:
        """Note that a resolution names it; the second of a vantage within 24 h opens it.

        Args:
            vantage: who made it.
            at: when.
            direct: it gives an address of the owner's own.
        """
        if self.opened_at is None and all(
            at - known > OPENS_WITHIN_MS for known in self.named_at.values()
        ):
            self.new_at.append(at)
        before = self.named_at.get(vantage)
        if before is not None and at - before <= OPENS_WITHIN_MS:
            self.open(before, at)
        self.named_at[vantage] = at
        self.namings.append(Naming(at, vantage, direct))
        self.note_direct(at, direct=direct)

    def take_over(self, other: "Owner", at: Instant) -> None:
        """Take what is known of another owner that turns out to be this one.

        Args:
            other: it has no case, or is nobody known.
            at: when a resolution said so.
        """
        self.placements |= other.placements
        self.nameless_at |= other.nameless_at
        self.here |= other.here
        self.stated |= other.stated
        if other.behind_at is not None:
            self.behind_at = min(other.behind_at, self.behind_at or other.behind_at)
        self.namings = sorted({*self.namings, *other.namings})
        self.named_at.clear()
        self.direct.clear()
        for naming in self.namings:
            before = self.named_at.get(naming.vantage)
            if before is not None and naming.at - before <= OPENS_WITHIN_MS:
                self.open(before, at)
            self.named_at[naming.vantage] = naming.at
            self.note_direct(naming.at, direct=naming.direct)

    def note_direct(self, at: Instant, *, direct: bool) -> None:
        """Note whether a resolution that names it gives an address of its own."""
        running = bool(self.direct) and self.direct[-1][1] is None
        if direct and not running:
            self.direct.append((at, None))
        elif running and not direct:
            self.direct[-1] = self.direct[-1][0], at

    def name_direct(self, vantage: str, at: Instant) -> None:
        """Note that a vantage named an address of its own; the second time it is back."""
        if not self.away or self.away[-1][1] is not None:
            return
        before = self.back_at.get(vantage)
        if before is not None and at - before <= OPENS_WITHIN_MS:
            self.away[-1] = self.away[-1][0], before
            self.back_at.clear()
        else:
            self.back_at[vantage] = at

    def call(self, place: PackedPlacement, at: Instant) -> None:
        """Take the names that a placement gives it, and the hoster."""
        self.names |= {place.hoster, place.group, *place.formerly}
        for name in (place.hoster, place.group):
            self.left.pop(name, None)
        known = self.hosters.get(place.hoster)
        if known is None:
            renamed = (
                not self.hosters
                or not self.hosters.keys().isdisjoint(place.formerly)
                or self.is_named_by(place)
            )
            self.hosters[place.hoster] = (0 if renamed else at), None
        elif known[1] is not None:
            self.hosters[place.hoster] = known[0], None

    def is_named_by(self, place: PackedPlacement) -> bool:
        """Return whether a placement names the hoster of an address that had its network's name."""
        return has_name(place) and place.address_key in self.nameless_at

    def goes_with(self, place: PackedPlacement) -> bool:
        """Return whether its cases go with a hoster of it that a placement gives to a group.

        They stay with the group while another hoster of it served the URL.

        Args:
            place: names one of its hosters.
        """
        if self.group == place.group or self.group in place.formerly:
            return True
        here = {hoster for hoster, (_, until) in self.hosters.items() if until is None}
        return here <= {place.hoster, *place.formerly}

    def adopt(self, place: PackedPlacement, at: Instant) -> None:
        """Take a placement as its own."""
        self.placements[place] = None
        if place.address_key and not has_name(place):
            self.nameless_at.add(place.address_key)
        if is_behind(place) and self.behind_at is None:
            self.behind_at = at


def is_renamed(known: PackedPlacement, place: PackedPlacement) -> bool:
    """Return whether a placement names the hoster of another that had only its network's name.

    Others at the network have that name too, so the address must be the same.
    """
    same = bool(place.address_key) and known.address_key == place.address_key
    return same and known.role is place.role and has_name(place) and not has_name(known)


def has_name(place: PackedPlacement) -> bool:
    """Return whether a placement names a hoster, and not only the network."""
    return place.confidence is not Confidence.FALLBACK


def is_behind(place: PackedPlacement) -> bool:
    """Return whether a placement is behind a proxy; older records said so of statements alone."""
    return place.behind or is_stated(place)


def is_stated(place: PackedPlacement) -> bool:
    """Return whether a placement rests on a statement of origin."""
    return place.confidence is Confidence.STATEMENT
