"""At which owners a URL is, and since when, judged from DNS per vantage and from statements.

Rules 1.1, 1.2, 1.8 and 12.4 of docs/measurement.md.
"""

from collections.abc import Container, Iterable, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from schemas.closed_lists import Confidence, Role
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedPlacement
from streams.lifecycle.evidence.decisions import given_owners, reattributions
from streams.lifecycle.evidence.owner import OVERFLOW, UNKNOWN, Owner, is_renamed
from streams.lifecycle.evidence.owners import IsOpen, OwnerWalk

__all__ = ["OVERFLOW", "UNKNOWN", "HostingSpell", "hosting_spells", "spell_of"]

SPELLS_MAX = 16
"""(owner, role) pairs a URL; the rest fall into one flagged `overflow` spell."""

_NOWHERE = PackedPlacement(
    OVERFLOW, OVERFLOW, Role.HOSTING, "??", 0, "??", Confidence.UNKNOWN, False, "", ""
)


class HostingSpell(Struct, frozen=True, kw_only=True, gc=False):
    """A URL's presence at one owner in one role.

    Attributes:
        group: the owner as it is called now; a change of hoster within it is no move.
        first_name: what it was called when it was found first; its cases are named by that.
        names: what it is or was called, and its hosters; a notice to any of them is one to it.
        hosters: ids of the hosters that probes of it were made for.
        windows: of those hosters that were not its own all along: from when until when they were.
        left: which of these names are another owner's by now, and since when.
        placement: the earliest placement of the hoster that the case is shown under.
        opened_at: first attribution, or the first of 2 resolutions of one vantage within 24 h that
            include it.
        first: it was in the URL's first attribution.
        ends_at: when an older case of an owner that it was joined with took its place.
        here: indexes of the resolutions that include it.
        stated: indexes of those that state it as the origin behind a proxy.
        away: from when until when the newest statement of origin names another.
        direct: from when until when it was seen at an address of its own.
        contested: a statement of origin contradicts one of its addresses.
        behind_at: when it was named behind a proxy first; None = never.
        disclosed: the proxy's operator disclosed that it is the origin.
        new_at: when a resolution named it while no case of it was open.
        opening_known_at: when it was known to be here.
        known_at: from when on an address of no known network is not known to be its own; None =
            the URL was at none.
    """

    group: str
    first_name: str
    role: Role
    names: frozenset[str]
    hosters: frozenset[str]
    windows: dict[str, tuple[Instant, Instant | None]]
    left: dict[str, Instant]
    placement: PackedPlacement
    opened_at: Instant
    first: bool
    ends_at: Instant | None
    here: frozenset[int]
    away: tuple[tuple[Instant, Instant | None], ...]
    direct: tuple[tuple[Instant, Instant | None], ...]
    contested: bool
    behind_at: Instant | None
    disclosed: bool
    new_at: tuple[Instant, ...] = ()
    opening_known_at: Instant = 0
    known_at: Instant | None = None
    stated: frozenset[int] = frozenset()

    @property
    def owners(self) -> frozenset[str]:
        """Who counts as the owner, by every name; nobody is `unknown`."""
        return (self.names | self.hosters) - {UNKNOWN}

    def covers(self, hoster: str, at: Instant) -> bool:
        """Return whether a probe of a hoster was one of this owner.

        Args:
            hoster: one of `hosters`.
            at: when the request was sent.
        """
        window = self.windows.get(hoster)
        return window is None or (window[0] <= at and (window[1] is None or at < window[1]))

    def is_behind(self, at: Instant | None) -> bool:
        """Return whether it is seen through a registered proxy alone at an instant.

        The newest resolution that names it says so, else the first one.

        Args:
            at: the instant; None = after all that is known.
        """
        if self.role is not Role.HOSTING or self.behind_at is None:
            return False
        until: Instant | None = 0
        for since, ended_at in self.direct:
            if at is not None and at < since:
                break
            until = ended_at
        if until == 0:  # not seen at an address of its own by then
            first_at = self.direct[0][0] if self.direct else None
            by_then = at is None or self.behind_at <= at
            return by_then or first_at is None or self.behind_at < first_at
        return until is not None and (at is None or at >= until)


NOBODY = (UNKNOWN, OVERFLOW)
"""Groups that are no owner; the first owner that becomes known has the case of nobody known."""

_ALWAYS = 0, None

_BY_OPENING = attrgetter("opened_at", "first_name", "role")


def hosting_spells(
    state: UrlState, is_open: IsOpen = lambda _, __: True
) -> tuple[list[HostingSpell], list[Instant]]:
    """Return the spells of a URL by opening time, and when one was named that is none yet.

    There are none until the URL is attributed.
    """
    answered = [
        (n, a) for n, a in enumerate(state.attributions) if a.answered or a.placement_indexes
    ]
    if not answered:
        return [], []
    walk = OwnerWalk(state.placements, answered[0][1].at, is_open)
    decided = reattributions(state.decisions) if state.decisions else ()
    due = sorted({made.decided_at for made in decided}, reverse=True)
    for index, made in answered:
        while due and due[-1] <= made.at:
            _give(walk, state, due.pop())
        walk.take(index, made)
    for at in reversed(due):
        _give(walk, state, at)
    opened = [owner for owner in walk.owners if owner.opened_at is not None]
    pending = [at for owner in walk.owners if owner.opened_at is None for at in owner.new_at]
    if len(opened) == 1:
        return [spell_of(opened[0])], sorted(pending)
    found = sorted(map(spell_of, _without_placeholder(opened)), key=_BY_OPENING)
    return _bounded(found), sorted(pending)


def _give(walk: OwnerWalk, state: UrlState, at: Instant) -> None:
    """Let decisions made at an instant have their effect on who has a case by then."""
    has_case = [
        owner
        for owner in walk.owners
        if owner.opened_at is not None and owner.ends_at is None and owner.group not in NOBODY
    ]
    decided = reattributions(state.decisions)
    for decided_at, owner, group in given_owners(decided, state.url_key, has_case):
        if decided_at == at and owner.ends_at is None:
            walk.give(owner, group, at)


def spell_of(owner: Owner) -> HostingSpell:
    """Return what an owner is so far."""
    windows = {hoster: window for hoster, window in owner.hosters.items() if window != _ALWAYS}
    placements = list(owner.placements)
    contested = disclosed = False
    for place in placements:
        contested |= place.contested
        disclosed |= place.disclosed
    return HostingSpell(
        group=owner.given_name or owner.group,
        first_name=owner.first_name,
        role=owner.role,
        names=frozenset(owner.names),
        hosters=frozenset(owner.hosters),
        windows=windows,
        left=dict(owner.left),
        placement=_shown(placements, owner.left),
        opened_at=owner.opened_at or 0,
        first=owner.first,
        ends_at=owner.ends_at,
        here=frozenset(owner.here),
        away=tuple(owner.away),
        direct=tuple(owner.direct),
        contested=contested,
        behind_at=owner.behind_at,
        disclosed=disclosed,
        new_at=tuple(owner.new_at),
        opening_known_at=owner.opening_known_at or 0,
        known_at=owner.known_at,
        stated=frozenset(owner.stated),
    )


def _shown(placements: Sequence[PackedPlacement], left: Container[str]) -> PackedPlacement:
    """Return the placement that names the hoster of a case: the first that it still has.

    Args:
        placements: of its owner, the earliest first.
        left: hosters that went to another owner; they have cases of their own.
    """
    if not placements:
        return _NOWHERE
    first = placements[0]
    last = [_last_name(place, placements) for place in placements] if left else ()
    stayed = (place for place in last if place.hoster not in left)
    shown = next(stayed, None) or _last_name(first, placements)
    if shown is first:
        return first
    return replace(shown, inclusion=first.inclusion, sampled=first.sampled)


def _last_name(shown: PackedPlacement, placements: Iterable[PackedPlacement]) -> PackedPlacement:
    """Return the placement that names a placement's hoster under its last name."""
    for place in placements:
        if shown.hoster in place.formerly or is_renamed(shown, place):
            shown = place
    return shown


def _without_placeholder(opened: list[Owner]) -> list[Owner]:
    """Drop `unknown` once a hoster is known: whoever was known first is there from its start.

    Later too: who lets a name lead to an address of no known network gets rid of no case by that.
    """
    placeholder = next((owner for owner in opened if owner.group == UNKNOWN), None)
    known = [owner for owner in opened if owner.group not in NOBODY]
    if placeholder is None or not known:
        return opened
    known_at = min(owner.opened_at or 0 for owner in known)
    for owner in known:
        if owner.opened_at == known_at:
            owner.take_over(placeholder, known_at)
            owner.open(placeholder.opened_at or 0, known_at)
            owner.first |= placeholder.first
            owner.hosters |= placeholder.hosters
            owner.known_at = known_at
    return [owner for owner in opened if owner is not placeholder]


def _bounded(found: list[HostingSpell]) -> list[HostingSpell]:
    """Put what exceeds the limit into one spell, so that no report is without a case."""
    own = [spell for spell in found if spell.group != OVERFLOW]
    kept, rest = own[:SPELLS_MAX], own[SPELLS_MAX:]
    rest = sorted(
        [*rest, *(spell for spell in found if spell.group == OVERFLOW)],
        key=_BY_OPENING,
    )
    if not rest:
        return kept
    return sorted([*kept, _overflow(rest)], key=_BY_OPENING)


def _overflow(rest: Sequence[HostingSpell]) -> HostingSpell:
    first = rest[0]

    def united(of: Iterable[frozenset[str]]) -> frozenset[str]:
        return frozenset({OVERFLOW}).union(*of)

    return replace(
        first,
        group=OVERFLOW,
        first_name=OVERFLOW,
        role=Role.HOSTING,
        names=united(spell.names for spell in rest),
        hosters=united(spell.hosters for spell in rest),
        windows={},
        here=frozenset[int]().union(*(spell.here for spell in rest)),
        placement=replace(first.placement, hoster=OVERFLOW, group=OVERFLOW),
        first=any(spell.first for spell in rest),
        ends_at=None,
        away=(),
        contested=any(spell.contested for spell in rest),
    )
