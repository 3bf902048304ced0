"""The set of a URL's events, taken apart and packed: equal sets give equal bytes.

Observations stand in tracks, which `streams.lifecycle.events.tracks` keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
from msgspec import structs

from schemas.moments import HOUR_MS, Instant
from schemas.records.case import UrlState
from schemas.records.case_events import (
    PackedAnswer,
    PackedAttribution,
    PackedCheck,
    PackedDecision,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    PackedWithdrawal,
)
from streams.lifecycle.evidence.hotline_statements import counts_from

Resolved: TypeAlias = tuple[Instant, str, tuple[bool, bool, bool], tuple[PackedPlacement, ...]]
"""A resolution: when, by which vantage; whether it was answered, whether the name does not exist,
whether more hosters were named than its placements."""


@dataclass(slots=True)
class Events:
    """The set of a URL's events but for observations, unpacked.

    Attributes:
        sealed: of the newest report when it was received, its sealed URL, whether its host is an
            address, and whether it is its root. The newest, because keys of older months may be
            destroyed. Of reports received at one instant the lexically greatest text counts.
    """

    url_key: str
    sealed: tuple[Instant, str, bool, bool] = (0, "", False, False)
    reports: dict[tuple[str, str], PackedReport] = field(default_factory=dict)
    notices: dict[tuple[object, ...], PackedNotice] = field(default_factory=dict)
    withdrawals: set[PackedWithdrawal] = field(default_factory=set)
    checks: set[PackedCheck] = field(default_factory=set)
    answers: set[PackedAnswer] = field(default_factory=set)
    attributions: set[Resolved] = field(default_factory=set)
    decisions: set[PackedDecision] = field(default_factory=set)


def unpack(state: UrlState) -> Events:
    """Take a stored state apart, but for its tracks."""
    events = Events(state.url_key)
    events.reports = {(r.hotline, r.record_id): r for r in state.reports}
    if state.reports:
        at = state.sealed_at or newest_received_at(state.reports)
        events.sealed = (at, state.sealed, state.literal, state.root)
    events.notices = {notice_identity(notice): notice for notice in state.notices}
    events.withdrawals = set(state.withdrawals)
    events.checks = set(state.checks)
    events.answers = set(state.answers)
    events.decisions = set(state.decisions)
    for made in state.attributions:
        places = tuple(state.placements[i] for i in made.placement_indexes)
        said = (made.answered, made.nxdomain, made.more)
        events.attributions.add((made.at, made.vantage, said, places))
    return events


def notice_identity(notice: PackedNotice) -> tuple[object, ...]:
    """Return what notices that count as one share: also the UTC hour they count from."""
    return (
        notice.hotline,
        notice.recipient,
        notice.basis,
        notice.reference,
        notice.result,
        notice.backdated,
        counts_from(notice) // HOUR_MS,
    )


def pack(events: Events, state: UrlState) -> UrlState:
    """Store a set, sorted, in place of that of a state; equal sets give equal bytes."""
    sealed_at, sealed, literal, root = events.sealed
    placements = sorted(
        {place for *_, places in events.attributions for place in places},
        key=msgspec.json.encode,
    )
    place_index = {place: i for i, place in enumerate(placements)}
    return structs.replace(
        state,
        sealed=sealed,
        sealed_at=0 if sealed_at == newest_received_at(events.reports.values()) else sealed_at,
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
                at, vantage, answered, nxdomain, tuple(sorted(place_index[p] for p in places)), more
            )
            for at, vantage, (answered, nxdomain, more), places in sorted(
                events.attributions, key=lambda a: (a[0], a[1], canonical(a))
            )
        ),
        decisions=tuple(sorted(events.decisions, key=lambda d: (d.decided_at, d.id, canonical(d)))),
    )


def newest_received_at(reports: Iterable[PackedReport]) -> Instant:
    """Return when the newest of reports was received; 0 without any."""
    return max((report.received_at for report in reports), default=0)


def report_order(report: PackedReport) -> tuple[object, ...]:
    """Return what reports are sorted by."""
    return (report.received_at, report.hotline, report.record_id, canonical(report))


_ENCODER = msgspec.json.Encoder()


def canonical(value: object) -> bytes:
    """Return the bytes that equal values share."""
    return _ENCODER.encode(value)
