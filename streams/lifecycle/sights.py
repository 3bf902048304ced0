"""What was seen, in order of time: probes with their verdicts, people's checks, sightings."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from schemas.case import (
    MARK_AGED,
    MARK_CACHED,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    Fingerprint,
    Look,
    Track,
    UrlState,
)
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import CheckResult, ProbeError, Role, Target, Verdict
from streams.lifecycle.presence import Stay
from streams.verdict import Controls, equal, verdict
from streams.wording import Reason

CONTROL_NEAR_MS = 25 * HOUR_MS
"""A control counts for looks up to this far from it: the sparsest pairing is the daily one."""

GONE = frozenset({Verdict.GONE_HARD, Verdict.GONE_SOFT, Verdict.DNS_GONE, Verdict.MOVED})

RESOLVER = "attribution"
"""The stage of that name resolves once for a report; presence is judged from the vantages."""

NO_LOOK = (ProbeError.MISSED_POLITENESS, ProbeError.CLOCK, ProbeError.BLOCKED_POLICY)
"""Errors of orders that came to no look."""

_PERSONS_PRESENT = (CheckResult.PRESENT,)
_PERSONS_ABSENT = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)


class Kind(IntEnum):
    """What an item is; of items of one instant the lower comes first."""

    SEEN = 0
    PROBED = 1
    CONTROL = 2
    ABSENT = 3
    NAMED = 4


@dataclass(frozen=True, slots=True, order=True)
class Item:
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
        changed: it has another status, type or size class than this vantage's sightings before
            its first gone look; whether it is the same material is a person's to say.
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


def items(state: UrlState, stay: Stay) -> list[Item]:
    """Return everything seen of a URL at one stay, in order."""
    found = _testimony(state, stay) + _named(state, stay)
    vantages = {track.vantage for track in state.tracks}
    for vantage in sorted(vantages):
        found += _probed(state, stay, vantage)
    found.sort(key=_order)
    return found


def _order(item: Item) -> tuple[object, ...]:
    return item.at, item.kind, item.seen_at, item.vantage, item.slot_at, item.verdict, item.reason


def _testimony(state: UrlState, stay: Stay) -> list[Item]:
    found = []
    for report in state.reports if stay.first else ():
        if report.seen_at is not None:
            found.append(Item(report.seen_at, Kind.SEEN, report.seen_at))
        last = report.last_online_at
        if last is not None:
            found.append(Item(last, Kind.SEEN, last))
        if report.source_online is False:
            gone = report.reported_at if last is None else last
            found.append(Item(gone, Kind.ABSENT, gone))
    for check in state.checks:
        if check.at < stay.open_at and not stay.first:
            continue
        who = f"{check.hotline}/{check.who}"
        if check.what in _PERSONS_PRESENT:
            found.append(Item(check.at, Kind.SEEN, check.at, who))
        elif check.what in _PERSONS_ABSENT:
            found.append(Item(check.at, Kind.ABSENT, check.at, who))
    return found


def _named(state: UrlState, stay: Stay) -> list[Item]:
    """Return what resolutions without a look say of the stay."""
    found = []
    for made in state.attributions:
        if made.vantage == RESOLVER or made.at < stay.open_at or not made.answered:
            continue
        here = any(
            (state.placements[i].group, state.placements[i].role) in stay.pairs
            for i in made.places
        )
        found.append(Item(made.at, Kind.NAMED, made.at, made.vantage, present=int(here)))
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    look: Look
    track: Track
    seen: Fingerprint

    @property
    def sent_at(self) -> Instant:
        return self.look.slot_at + self.look.sent_ms

    @property
    def done_at(self) -> Instant:
        return self.sent_at + self.look.done_ms


def _of(state: UrlState, stay: Stay, vantage: str, target: Target) -> list[_Seen]:
    return sorted(
        (
            _Seen(look, track, state.fingerprints[look.print])
            for track in state.tracks
            if track.vantage == vantage
            and track.target is target
            and track.hoster in stay.hosters
            and track.role is stay.role
            for look in track.looks
            if state.fingerprints[look.print].error not in NO_LOOK
        ),
        key=lambda s: (s.done_at, s.sent_at, s.look.print),
    )


def _probed(state: UrlState, stay: Stay, vantage: str) -> list[Item]:
    randoms = _Controls.of(_of(state, stay, vantage, Target.RANDOM))
    roots = _Controls.of(_of(state, stay, vantage, Target.ROOT))
    found = [
        Item(c.done_at, Kind.CONTROL, c.sent_at, vantage, alive=_is_alive(c))
        for c in (*randoms.looks, *roots.looks)
        if c.look.traits & TRAIT_CANARY_OK
    ]
    before: Fingerprint | None = None
    shapes: set[tuple[int, str, int]] = set()
    was_gone = False
    judged: dict[tuple[object, ...], tuple[Verdict, Reason, bool]] = {}
    for url in _of(state, stay, vantage, Target.URL):
        random, root = randoms.near(url.sent_at), roots.near(url.sent_at)
        case = (url.look.print, url.look.traits, random, root, before)
        if case not in judged:  # a case is looked at often and seldom sees anything new
            controls = Controls(random=random, root=root, before=before, is_root=state.root)
            differs = random is not None and not equal(url.seen, random)
            judged[case] = (*verdict(url.seen, url.look.traits, controls), differs)
        said, reason, differs = judged[case]
        if said is Verdict.ONLINE and differs:
            before = url.seen
        item = _item(url, said, reason, stay.role, differs=differs)
        was_gone |= item.verdict in GONE
        if item.verdict is Verdict.ONLINE and not was_gone:
            shapes.add(_shape(url.seen))
        changed = was_gone and bool(shapes) and _shape(url.seen) not in shapes
        found.append(replace(item, changed=changed) if changed else item)
    return found


def _shape(seen: Fingerprint) -> tuple[int, str, int]:
    return seen.status, seen.type, seen.size_class


@dataclass(frozen=True, slots=True)
class _Controls:
    """The control looks of one vantage, by the time they were sent."""

    looks: Sequence[_Seen]
    sent_at: Sequence[Instant]

    @classmethod
    def of(cls, looks: Sequence[_Seen]) -> "_Controls":
        ordered = sorted(looks, key=lambda c: (c.sent_at, c.look.print, c.done_at))
        return cls(ordered, [c.sent_at for c in ordered])

    def near(self, at: Instant) -> Fingerprint | None:
        """Return the control nearest in time, the earlier of two as near."""
        right = bisect_left(self.sent_at, at)
        best: _Seen | None = None
        for i in (right, bisect_left(self.sent_at, self.sent_at[right - 1]) if right else -1):
            if 0 <= i < len(self.looks):
                look = self.looks[i]
                if best is None or abs(look.sent_at - at) <= abs(best.sent_at - at):
                    best = look
        if best is None or abs(best.sent_at - at) > CONTROL_NEAR_MS:
            return None
        return best.seen


def _is_alive(control: _Seen) -> bool:
    said, _ = verdict(control.seen, control.look.traits, Controls())
    return said not in (Verdict.UNREACHABLE, Verdict.DNS_GONE)


def testimony(
    said: Verdict, marks: int, role: Role, sent_at: Instant, age_ms: int
) -> tuple[Verdict, Instant]:
    """Return what an answer shows of the origin, and as of which instant.

    Args:
        said: the verdict.
        marks: of its fingerprint.
        role: of the case; only at a hosting company a cache stands before the origin.
        sent_at: when the request was sent.
        age_ms: the Age header's, 0 without one.
    """
    if not marks & MARK_CACHED or role is not Role.HOSTING:
        return said, sent_at
    if marks & MARK_AGED:
        return said, sent_at - age_ms
    if said is Verdict.ONLINE:
        return Verdict.UNKNOWN, sent_at  # a copy of unknown age shows nothing about the origin
    return said, sent_at


def _item(url: _Seen, said: Verdict, reason: Reason, role: Role, *, differs: bool) -> Item:
    marks = url.seen.marks
    shown, seen_at = testimony(said, marks, role, url.sent_at, url.look.age_s * 1_000)
    return Item(
        at=url.done_at,
        kind=Kind.PROBED,
        seen_at=seen_at,
        vantage=url.track.vantage,
        verdict=shown,
        reason=reason,
        asked=url.track.asked,
        announced=bool(url.look.traits & TRAIT_ANNOUNCED),
        canary_ok=bool(url.look.traits & TRAIT_CANARY_OK),
        differs=differs,
        slot_at=url.look.slot_at,
        present=_present(url),
        old_address=bool(url.look.traits & TRAIT_OLD_ADDRESS),
        aged=bool(marks & MARK_CACHED and marks & MARK_AGED and role is Role.HOSTING),
    )


def _present(url: _Seen) -> int:
    if url.seen.error is ProbeError.DNS_FAILURE:
        return -1
    return int(bool(url.look.traits & TRAIT_PRESENT))
