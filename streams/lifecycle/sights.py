"""What probes saw, each look judged against its controls and the sightings before it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import islice
from operator import attrgetter, itemgetter
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from schemas.case import (
    ASN_SHIFT,
    MARK_AGED,
    MARK_CACHED,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_CHECKED,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    Fingerprint,
    UrlState,
)
from schemas.moments import MINUTE_MS, Instant
from schemas.reasons import CheckResult, ProbeError, Role, Target, Verdict
from streams.lifecycle.backing import CONTROL_NEAR_MS, Backing, Proofs
from streams.lifecycle.backing import Seen as _Seen
from streams.lifecycle.baseline import NO_BASELINE, Baseline, Sighting, baseline, rechecking
from streams.lifecycle.presence import OVERFLOW, Stay
from streams.lifecycle.shapes import Shapes, shape_of
from streams.measurable import HIDDEN, SHOWN
from streams.verdict import Controls, alike, belies_head, healthy, verdict
from streams.wording import Reason

CHECKED_NEAR_MS = 35 * MINUTE_MS
"""A control of a slot so long after a look's explains it: those of a doubt bring them."""

GONE = frozenset({Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED})

NO_LOOK = (ProbeError.MISSED_POLITENESS, ProbeError.CLOCK, ProbeError.BLOCKED_POLICY)
"""Errors of orders that came to no look."""

KINDS_MAX = 4_096
"""Kinds of looks whose verdict is kept, of all URLs: a kind is 1 KB, and few are ever seen."""


class Kind(IntEnum):
    """What an item is; of items of one instant the lower comes first."""

    SEEN = 0
    PROBED = 1
    CONTROL = 2
    ABSENT = 3
    NAMED = 4


class Item(Struct, frozen=True, order=True, gc=False):
    """One thing that was seen.

    Attributes:
        at: when it was known: a probe's answer, a person's look.
        seen_at: the instant it testifies to: a probe's request, less the age of a cached copy.
        vantage: who looked: a vantage, or hotline and person; empty for a report or its source.
        slot_at: the slot of a probe.
        differs: the control differed, so equality with a soft answer is ruled out.
        alive: for a control: the host answered.
        present: DNS named the hoster (1), named others or nobody (0), said nothing (-1).
        old_address: it was asked at the last known address, where DNS does not point.
        aged: the answer is a cached copy of known age.
        asn: AS number of the vantage; 0 = not known.
        changed: it has another status, type, size class or Location than this vantage's first
            sightings, for good so far; whether it is the same material is a person's to say.
        strange: it says nothing, and no sighting of this vantage answered like it.
        away: it was asked at the last known address while the name led to another company.
        backing: for a sighting: what stands behind it.
    """

    at: Instant
    kind: Kind
    seen_at: Instant
    vantage: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    reason: Reason = Reason.ONLINE
    asked: tuple[str, ...] = ()
    announced: bool = True
    canary_ok: bool = True
    differs: bool = False
    alive: bool = False
    slot_at: Instant = 0
    present: int = -1
    old_address: bool = False
    aged: bool = False
    changed: bool = False
    strange: bool = False
    asn: int = 0
    away: bool = False
    backing: Backing = Backing.SHOWN

    @property
    def recheck(self) -> bool:
        """It is a hidden re-check: a look by a vantage that was not among those asked."""
        return bool(self.asked) and self.vantage not in self.asked


_BY_DONE = itemgetter(0, 1, 2)
_BY_SENT = itemgetter(1, 2, 0)
_BY_SLOT = attrgetter("slot_at")


def probed(state: UrlState, stay: Stay) -> list[Item]:
    """Return the looks at a stay and its controls, vantage by vantage."""
    found: list[Item] = []
    by_vantage = sorted(_by_vantage(state, stay).items())
    hidden = rechecking(state.tracks)
    sightings: list[Sighting] | None = [] if hidden else None
    proofs = Proofs(state.fingerprints)
    for vantage, looks in by_vantage:
        if vantage not in hidden:
            proofs.begin(len(found), looks)
            found += _probed(state, stay, vantage, looks, proofs, sightings=sightings)
            proofs.end()
    for vantage, looks in by_vantage if sightings is not None else ():
        if vantage in hidden:
            first_at = min((seen[0] for seen in looks.get(Target.URL, ())), default=0)
            known = baseline(sightings or (), first_at, state.fingerprints)
            proofs.begin(len(found), looks)
            found += _probed(state, stay, vantage, looks, proofs, known_before=known)
            proofs.end()
    for place, backing in proofs.wanting():
        found[place] = replace(found[place], backing=backing)
    return found


def _by_vantage(state: UrlState, stay: Stay) -> dict[str, dict[Target, list[_Seen]]]:
    """Return the looks at a stay that came to something, by vantage and target."""
    none = {n for n, seen in enumerate(state.fingerprints) if seen.error in NO_LOOK}
    found: dict[str, dict[Target, list[_Seen]]] = defaultdict(lambda: defaultdict(list))
    for track in state.tracks:
        if track.role is not stay.role or track.hoster not in stay.hosters:
            continue
        looks = found[track.vantage][track.target]
        for look in track.looks:
            if look.print not in none:
                sent_at = look.slot_at + look.sent_ms
                looks.append((sent_at + look.done_ms, sent_at, look.print, look, track.asked))
    return found


def slots_looked_at(
    state: UrlState, stay: Stay, since: Instant, until: Instant
) -> Iterator[tuple[Instant, int]]:
    """Yield slot and sent_ms of each look at the URL that counts, for slots of a span of time.

    A look counts if it came to something and its vantage's canary answered.
    """
    none = {n for n, seen in enumerate(state.fingerprints) if seen.error in NO_LOOK}
    for track in state.tracks:
        if (
            track.target is not Target.URL
            or track.role is not stay.role
            or track.hoster not in stay.hosters
        ):
            continue
        first = bisect_left(track.looks, since, key=_BY_SLOT)
        for look in islice(track.looks, first, None):
            if look.slot_at > until:
                break
            if look.print not in none and look.traits & TRAIT_CANARY_OK:
                yield look.slot_at, look.sent_ms


_Before: TypeAlias = tuple[int | None, int | None]
"""Fingerprints of the sightings before, and of the random path beside them."""

_Kind: TypeAlias = tuple[int, int, int | None, int | None, _Before, tuple[bool, bool, bool]]
"""Fingerprint and traits of a look; fingerprints of its controls; what was before; whether it is
barred, unchecked and by a HEAD that lies.
"""


class _Said(Struct, frozen=True, gc=False):
    """What all looks of a kind say: same answer, traits, controls and sightings before."""

    verdict: Verdict
    shown: Verdict
    reason: Reason
    differs: bool
    present: int
    aged: bool


def _probed(
    state: UrlState,
    stay: Stay,
    vantage: str,
    looks: Mapping[Target, Sequence[_Seen]],
    proofs: Proofs,
    *,
    known_before: Baseline = NO_BASELINE,
    sightings: list[Sighting] | None = None,
) -> list[Item]:
    randoms, roots = (_Controls(looks.get(t, ())) for t in (Target.RANDOM, Target.ROOT))
    found, shown = randoms.items(state, vantage) + roots.items(state, vantage), proofs.shown
    before: _Before = known_before.before, None
    shapes = Shapes(known_before.shapes)
    head_lies = _head_lies(state, looks.get(Target.URL, ()))
    all_shapes = [shape_of(seen) for seen in state.fingerprints]
    unhealthy = {n for n, seen in enumerate(state.fingerprints) if not healthy(seen)}
    judged: dict[_Kind, _Said] = {}
    vouched = _vouched(state, stay)
    for done_at, sent_at, index, look, asked in sorted(looks.get(Target.URL, ()), key=_BY_DONE):
        shape = all_shapes[index]
        shapes.vouch_until(vouched, done_at)
        unchecked = shapes.is_new(shape) and not (
            randoms.explain(look.slot_at) and roots.explain(look.slot_at)
        )
        random = randoms.near(sent_at)
        known = randoms.known(look.slot_at)
        barred = known in unhealthy or roots.known(look.slot_at) in unhealthy
        by_head = head_lies and not look.traits & TRAIT_CHECKED
        found_so = barred, unchecked, by_head
        kind = (index, look.traits, random, roots.near(sent_at), before, found_so)
        said = judged.get(kind)
        if said is None:  # a case is looked at often and seldom sees anything new
            said = judged[kind] = _say(state, stay.role, kind)
        traits = look.traits
        sound = traits & TRAIT_CANARY_OK > 0
        old = traits & TRAIT_OLD_ADDRESS > 0
        changed = said.shown is Verdict.ONLINE and shapes.is_changed(shape)
        if sound and said.verdict is Verdict.ONLINE and said.differs:
            before = index, known
        if sound and said.shown is Verdict.ONLINE:
            shapes.note(shape)
            if index not in shown:
                proofs.sighting(len(found), index, sent_at)
            if sightings is not None:
                sightings.append(Sighting(done_at, index, said.differs))
        found.append(
            Item(
                at=done_at,
                kind=Kind.PROBED,
                seen_at=sent_at - look.age_s * 1_000 if said.aged else sent_at,
                vantage=vantage,
                verdict=said.shown,
                reason=said.reason,
                asked=asked,
                announced=traits & TRAIT_ANNOUNCED > 0,
                canary_ok=sound,
                differs=said.differs,
                slot_at=look.slot_at,
                present=said.present,
                old_address=old,
                asn=traits >> ASN_SHIFT,
                aged=said.aged,
                changed=changed,
                strange=said.shown is Verdict.UNKNOWN and shapes.is_new(shape),
                # no name leads to the overflow: all its looks go to addresses known from before
                away=old and said.verdict is not Verdict.DNS_GONE and stay.group != OVERFLOW,
            )
        )
    return found


def _head_lies(state: UrlState, looks: Sequence[_Seen]) -> bool:
    """Return whether a look found HEAD to be answered otherwise than GET."""
    return any(
        look.traits & TRAIT_CANARY_OK and belies_head(state.fingerprints[index])
        for _, _, index, look, _ in looks
    )


def _vouched(state: UrlState, stay: Stay) -> list[Instant]:
    """Return when persons saw the material, the last one first."""
    return sorted(
        (
            check.at
            for check in state.checks
            if check.what is CheckResult.PRESENT and (stay.first or check.at >= stay.open_at)
        ),
        reverse=True,
    )


def _say(state: UrlState, role: Role, kind: _Kind) -> _Said:
    index, traits, random, root, (before, random_before), (barred, unchecked, head_lies) = kind
    prints = state.fingerprints
    controls = Controls(
        random=None if random is None else prints[random],
        root=None if root is None else prints[root],
        before=None if before is None else prints[before],
        random_before=None if random_before is None else prints[random_before],
        is_root=state.root,
        barred=barred,
        unchecked=unchecked,
        head_lies=head_lies,
    )
    return _judged(prints[index], traits, controls, role)


_NAMELESS = (ProbeError.DNS_FAILURE, ProbeError.DNSSEC)
"""Errors after which nothing is known of where the name points."""


@lru_cache(maxsize=KINDS_MAX)
def _judged(seen: Fingerprint, traits: int, controls: Controls, role: Role) -> _Said:
    said, reason = verdict(seen, traits, controls)
    shown, aged = testimony(said, seen.marks, role)
    return _Said(
        verdict=said,
        shown=shown,
        reason=reason,
        differs=controls.random is not None and not alike(seen, controls.random),
        present=-1 if seen.error in _NAMELESS else int(traits & TRAIT_PRESENT > 0),
        aged=aged,
    )


def shown_by(shown: Verdict, reason: Reason) -> int:
    """Return the bit of a look around a norm: it showed something, or was kept from it."""
    if shown in (Verdict.BLOCKED, Verdict.UNREACHABLE):
        return 0 if reason is Reason.DISABLED else HIDDEN
    conclusive = shown is Verdict.ONLINE or (shown in GONE and reason is not Reason.MOVED)
    return SHOWN if conclusive else 0


def testimony(said: Verdict, marks: int, role: Role) -> tuple[Verdict, bool]:
    """Return what an answer shows of the origin, and whether it is as old as its Age header says.

    Args:
        said: the verdict.
        marks: of its fingerprint.
        role: of the case; only at a hosting company a cache stands before the origin.
    """
    if not marks & MARK_CACHED or role is not Role.HOSTING:
        return said, False
    if marks & MARK_AGED:
        return said, True
    # a copy of unknown age shows nothing about the origin
    return Verdict.UNKNOWN if said is Verdict.ONLINE else said, False


class _Controls:
    """The looks of one vantage at one control, by the time they were sent."""

    def __init__(self, looks: Sequence[_Seen]) -> None:
        self._looks = sorted(looks, key=_BY_SENT)
        self._sent_at = [look[1] for look in self._looks]
        self._of_slot: dict[Instant, tuple[Instant, int]] = {}
        for _, sent_at, n, look, _ in self._looks:
            held = self._of_slot.get(look.slot_at)
            if held is None or sent_at > held[0]:
                self._of_slot[look.slot_at] = sent_at, n
        self._slots = sorted(self._of_slot)

    def items(self, state: UrlState, vantage: str) -> list[Item]:
        """Return the looks of a vantage whose canary is healthy."""
        return [
            Item(done_at, Kind.CONTROL, sent_at, vantage, alive=is_alive(state.fingerprints[n], t))
            for done_at, sent_at, n, look, _ in self._looks
            if (t := look.traits) & TRAIT_CANARY_OK
        ]

    def known(self, at: Instant) -> int | None:
        """Return what the newest control saw of slots up to an instant."""
        after = bisect_right(self._slots, at)
        return self._of_slot[self._slots[after - 1]][1] if after else None

    def explain(self, at: Instant) -> bool:
        """Return whether there is a control of a slot, or of one soon after it."""
        first = bisect_left(self._slots, at)
        return first < len(self._slots) and self._slots[first] <= at + CHECKED_NEAR_MS

    def near(self, at: Instant) -> int | None:
        """Return what the control nearest in time saw, the earlier of two as near."""
        sent_at = self._sent_at
        if not sent_at:
            return None
        best = bisect_left(sent_at, at)
        if best == len(sent_at) == 1:
            best = 0
        elif best:
            before = bisect_left(sent_at, sent_at[best - 1])
            if best == len(sent_at) or at - sent_at[before] <= sent_at[best] - at:
                best = before
        return self._looks[best][2] if abs(sent_at[best] - at) <= CONTROL_NEAR_MS else None


@lru_cache(maxsize=KINDS_MAX)
def is_alive(control: Fingerprint, traits: int) -> bool:
    """Return whether a control's answer shows that the host lives."""
    said, _ = verdict(control, traits, Controls())
    return said not in (Verdict.UNREACHABLE, Verdict.DNS_GONE)
