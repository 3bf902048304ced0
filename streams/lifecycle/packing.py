"""The set of a URL's events, taken apart and packed: equal sets give equal bytes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from schemas.case import (
    Fingerprint,
    Look,
    PackedAttribution,
    PackedDecision,
    PackedMark,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    Track,
    UrlState,
)
from schemas.moments import DAY_MS, Instant
from schemas.reasons import ProbeError, Role, Target

TrackKey: TypeAlias = tuple[str, Role, str, Target, tuple[str, ...]]
Seen: TypeAlias = tuple[Look, Fingerprint]


@dataclass(slots=True)
class Events:
    """The set of a URL's events, unpacked.

    Attributes:
        sealed: (received_at, hotline, record id) of each report with its sealed URL and whether
            its host is an address, and it is its root; the earliest stands in the state.
    """

    url_key: str
    sealed: dict[tuple[Instant, str, str], tuple[str, bool, bool]] = field(default_factory=dict)
    reports: dict[tuple[str, str], PackedReport] = field(default_factory=dict)
    notices: dict[tuple[object, ...], PackedNotice] = field(default_factory=dict)
    withdrawals: set[PackedMark] = field(default_factory=set)
    checks: set[PackedMark] = field(default_factory=set)
    answers: set[PackedMark] = field(default_factory=set)
    attributions: set[tuple[Instant, str, bool, bool, tuple[PackedPlacement, ...]]] = field(
        default_factory=set
    )
    looks: dict[TrackKey, set[Seen]] = field(default_factory=lambda: defaultdict(set))
    decisions: set[PackedDecision] = field(default_factory=set)


def unpack(state: UrlState) -> Events:
    """Take a stored state apart."""
    events = Events(state.url_key)
    events.reports = {(r.hotline, r.record_id): r for r in state.reports}
    if state.reports:
        first = state.reports[0]
        key = (first.received_at, first.hotline, first.record_id)
        events.sealed[key] = (state.sealed, state.literal, state.root)
    events.notices = {notice_identity(notice): notice for notice in state.notices}
    events.withdrawals = set(state.withdrawals)
    events.checks = set(state.checks)
    events.answers = set(state.answers)
    events.decisions = set(state.decisions)
    for made in state.attributions:
        places = tuple(state.placements[i] for i in made.places)
        events.attributions.add((made.at, made.vantage, made.answered, made.nxdomain, places))
    for track in state.tracks:
        where = (track.hoster, track.role, track.vantage, track.target, track.asked)
        looks = events.looks[where]
        for look in track.looks:
            bare = msgspec.structs.replace(look, print=0)
            looks.add((bare, state.fingerprints[look.print]))
    return events


def notice_identity(notice: PackedNotice) -> tuple[object, ...]:
    """Return what notices that count as one share: also the result and the UTC day."""
    return (
        notice.hotline,
        notice.recipient,
        notice.basis,
        notice.reference,
        notice.result,
        notice.noticed_at // DAY_MS,
    )


def pack(events: Events) -> UrlState:
    """Sort and store a set; equal sets give equal bytes."""
    nothing = ("", False, False)
    sealed, literal, root = events.sealed[min(events.sealed)] if events.sealed else nothing
    placements = sorted(
        {place for *_, places in events.attributions for place in places},
        key=msgspec.json.encode,
    )
    place_index = {place: i for i, place in enumerate(placements)}
    prints = sorted(
        {seen for looks in events.looks.values() for _, seen in _without_misses(looks)},
        key=canonical,
    )
    print_index = {seen: i for i, seen in enumerate(prints)}
    return UrlState(
        url_key=events.url_key,
        sealed=sealed,
        literal=literal,
        root=root,
        reports=tuple(sorted(events.reports.values(), key=report_order)),
        notices=tuple(sorted(events.notices.values(), key=lambda n: (n.noticed_at, canonical(n)))),
        withdrawals=tuple(sorted(events.withdrawals, key=lambda m: (m.at, canonical(m)))),
        checks=tuple(sorted(events.checks, key=lambda m: (m.at, canonical(m)))),
        answers=tuple(sorted(events.answers, key=lambda m: (m.at, canonical(m)))),
        placements=tuple(placements),
        attributions=tuple(
            PackedAttribution(
                at, vantage, answered, nxdomain, tuple(sorted(place_index[p] for p in places))
            )
            for at, vantage, answered, nxdomain, places in sorted(
                events.attributions, key=lambda a: (a[0], a[1], canonical(a))
            )
        ),
        fingerprints=tuple(prints),
        tracks=tuple(_track(events, where, print_index) for where in sorted(events.looks)),
        decisions=tuple(sorted(events.decisions, key=lambda d: (d.decided_at, d.id, canonical(d)))),
    )


def _track(events: Events, where: TrackKey, index: Mapping[Fingerprint, int]) -> Track:
    looks = sorted(
        (
            msgspec.structs.replace(look, print=index[seen])
            for look, seen in _without_misses(events.looks[where])
        ),
        key=msgspec.structs.astuple,
    )
    return Track(*where, looks=tuple(looks))


def _without_misses(looks: AbstractSet[Seen]) -> Iterable[Seen]:
    """Pass over what was missed in a slot that has a result as well."""
    met = {look.slot_at for look, seen in looks if seen.error is not ProbeError.MISSED_POLITENESS}
    return (
        (look, seen)
        for look, seen in looks
        if seen.error is not ProbeError.MISSED_POLITENESS or look.slot_at not in met
    )


def report_order(report: PackedReport) -> tuple[object, ...]:
    """Return what reports are sorted by."""
    return (report.received_at, report.hotline, report.record_id, canonical(report))


_ENCODER = msgspec.json.Encoder()


def canonical(value: object) -> bytes:
    """Return the bytes that equal values share."""
    return _ENCODER.encode(value)
