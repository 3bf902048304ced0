"""The set of a URL's events: adding to it, packing it, taking it apart.

`gather` is a union: events are kept in sets, so order, repetition, batching and any interleaving
of the ledger topics change nothing. What is stored is the set, sorted and packed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from schemas.case import (
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    TRAIT_TOO_LATE,
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
from schemas.facts import Attribution, Decision, Fact, Observation
from schemas.ledger import (
    AnswerAccepted,
    CheckAccepted,
    LedgerEntry,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from schemas.moments import DAY_MS, Instant
from schemas.reasons import CheckResult, Role, Target
from streams.verdict import fingerprint

TOO_LATE_MS = DAY_MS
"""An observation appended later than this after it was made is flagged (DESIGN section 2)."""

ADDRESSES_MAX = 8
"""Placements kept of one resolution."""

Happened: TypeAlias = tuple[LedgerEntry | Fact | Decision, Instant]
"""A ledger record and its broker append time in world time."""

TrackKey: TypeAlias = tuple[str, Role, str, Target, tuple[str, ...]]


@dataclass(slots=True)
class Events:
    """The set of a URL's events, unpacked.

    Attributes:
        sealed: (received_at, hotline, record id) of each report with its sealed URL and whether
            its host is an address; the earliest stands in the state.
    """

    url_key: str
    sealed: dict[tuple[Instant, str, str], tuple[str, bool]] = field(default_factory=dict)
    reports: set[PackedReport] = field(default_factory=set)
    notices: dict[tuple[object, ...], PackedNotice] = field(default_factory=dict)
    withdrawals: set[PackedMark] = field(default_factory=set)
    checks: set[PackedMark] = field(default_factory=set)
    answers: set[PackedMark] = field(default_factory=set)
    attributions: set[tuple[Instant, str, bool, bool, tuple[PackedPlacement, ...]]] = field(
        default_factory=set
    )
    looks: dict[TrackKey, set[tuple[Look, Fingerprint]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    decisions: set[PackedDecision] = field(default_factory=set)


def unpack(state: UrlState) -> Events:
    """Take a stored state apart."""
    events = Events(state.url_key)
    events.reports = set(state.reports)
    if state.reports:
        first = state.reports[0]
        key = (first.received_at, first.hotline, first.record_id)
        events.sealed[key] = (state.sealed, state.literal)
    events.notices = {_notice_identity(notice): notice for notice in state.notices}
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


def _notice_identity(notice: PackedNotice) -> tuple[object, ...]:
    return (
        notice.hotline,
        notice.recipient,
        notice.basis,
        notice.reference,
        notice.result,
        notice.noticed_at // DAY_MS,
    )


def _notice_order(notice: PackedNotice) -> bytes:
    return msgspec.json.encode(notice)


def gather(events: Events, happened: Iterable[Happened]) -> None:
    """Add records to the set; one that is in it already changes nothing."""
    for record, appended_at in happened:
        match record:
            case ReportAccepted():
                _add_report(events, record)
            case NoticeAccepted():
                _add_notice(events, record)
            case WithdrawalAccepted() | CheckAccepted() | AnswerAccepted():
                _add_mark(events, record)
            case Attribution():
                _add_attribution(events, record)
            case Observation():
                _add_observation(events, record, appended_at)
            case Decision():
                decided = PackedDecision(
                    record.decided_at, record.id, record.case_id, record.action, record.hoster
                )
                events.decisions.add(decided)


def _add_mark(events: Events, entry: WithdrawalAccepted | CheckAccepted | AnswerAccepted) -> None:
    match entry:
        case (
            WithdrawalAccepted(withdrawn_at=at)
            | CheckAccepted(checked_at=at, result=CheckResult.NEVER_ILLEGAL)
        ):
            events.withdrawals.add(PackedMark(at, entry.hotline, "", "", False))
        case CheckAccepted(checked_at=at, result=result, checker=who, authoritative=grade):
            events.checks.add(PackedMark(at, entry.hotline, result, who or "", grade))
        case AnswerAccepted(answered_at=at, answer=answer, recipient=who):
            events.answers.add(PackedMark(at, entry.hotline, answer, who, False))


def _add_report(events: Events, entry: ReportAccepted) -> None:
    events.sealed[entry.received_at, entry.hotline, entry.record_id] = (
        entry.sealed,
        entry.literal,
    )
    report = PackedReport(
        received_at=entry.received_at,
        hotline=entry.hotline,
        record_id=entry.record_id,
        reported_at=entry.reported_at,
        seen_at=entry.seen_at,
        origin=entry.origin,
        self_report=entry.self_report,
        mode=entry.mode,
        norms_s=entry.norms_s,
        sector_norm_s=entry.sector_norm_s,
        source_online=entry.source_online,
        last_online_at=entry.last_online_at,
    )
    events.reports.add(report)


def _add_notice(events: Events, entry: NoticeAccepted) -> None:
    notice = PackedNotice(
        noticed_at=entry.noticed_at,
        received_at=entry.received_at,
        hotline=entry.hotline,
        recipient=entry.recipient,
        basis=entry.basis,
        result=entry.result,
        reference=entry.reference,
        term_s=entry.term_s,
        backdated=entry.backdated,
        mode=entry.mode,
    )
    identity = _notice_identity(notice)
    known = events.notices.get(identity)
    rank = (notice.noticed_at, _notice_order(notice))
    if known is None or rank < (known.noticed_at, _notice_order(known)):
        events.notices[identity] = notice


def _add_attribution(events: Events, fact: Attribution) -> None:
    places = tuple(
        PackedPlacement(
            hoster=place.hoster,
            group=place.group,
            role=place.role,
            country=place.country,
            asn=place.asn,
            asn_country=place.asn_country,
            confidence=place.confidence,
            contested=place.contested,
            address_key=place.address_key,
            address=place.address,
        )
        for place in fact.placements[:ADDRESSES_MAX]
    )
    known = _like(events, places)
    events.attributions.add((fact.at, fact.vantage, fact.answered, fact.nxdomain, known))


def _like(events: Events, places: tuple[PackedPlacement, ...]) -> tuple[PackedPlacement, ...]:
    """Give one address of one hoster one sealed text: sealing the same twice differs each time.

    The lexically least sealed text stands for all, so the choice does not depend on order.
    """
    same: dict[tuple[object, ...], str] = {}
    for *_, held in events.attributions:
        for place in held:
            same[_place_identity(place)] = place.address
    changed: dict[tuple[object, ...], str] = {}
    for place in places:
        held_text = same.get(_place_identity(place))
        if held_text is not None and place.address < held_text:
            changed[_place_identity(place)] = place.address
        elif held_text is None:
            same[_place_identity(place)] = place.address
    same |= changed
    if changed:
        events.attributions = {
            (at, vantage, answered, nxdomain, tuple(_with_address(p, same) for p in held))
            for at, vantage, answered, nxdomain, held in events.attributions
        }
    return tuple(_with_address(place, same) for place in places)


def _place_identity(place: PackedPlacement) -> tuple[object, ...]:
    return msgspec.structs.astuple(place)[:-1]


def _with_address(
    place: PackedPlacement, known: Mapping[tuple[object, ...], str]
) -> PackedPlacement:
    return msgspec.structs.replace(place, address=known[_place_identity(place)])


def _add_observation(events: Events, fact: Observation, appended_at: Instant) -> None:
    flags = {
        TRAIT_CANARY_OK: fact.canary_ok,
        TRAIT_ANNOUNCED: fact.announced,
        TRAIT_OLD_ADDRESS: fact.old_address,
        TRAIT_NXDOMAIN: fact.nxdomain,
        TRAIT_PRESENT: fact.hoster in fact.hosters,
        TRAIT_TOO_LATE: appended_at - fact.done_at > TOO_LATE_MS,
    }
    look = Look(
        slot_at=fact.slot_at,
        sent_ms=fact.sent_at - fact.slot_at,
        done_ms=fact.done_at - fact.sent_at,
        print=0,
        traits=sum(bit for bit, is_set in flags.items() if is_set),
        age_s=fact.facts.age_s or 0,
    )
    where = (fact.hoster, fact.role, fact.vantage, fact.target, fact.asked)
    events.looks[where].add((look, fingerprint(fact.facts)))


def pack(events: Events) -> UrlState:
    """Sort and store a set; equal sets give equal bytes."""
    sealed, literal = events.sealed[min(events.sealed)] if events.sealed else ("", False)
    placements = sorted(
        {place for *_, places in events.attributions for place in places},
        key=msgspec.json.encode,
    )
    place_index = {place: i for i, place in enumerate(placements)}
    prints = sorted({seen for looks in events.looks.values() for _, seen in looks}, key=_bytes)
    print_index = {seen: i for i, seen in enumerate(prints)}
    return UrlState(
        url_key=events.url_key,
        sealed=sealed,
        literal=literal,
        reports=tuple(sorted(events.reports, key=_report_order)),
        notices=tuple(sorted(events.notices.values(), key=lambda n: (n.noticed_at, _bytes(n)))),
        withdrawals=tuple(sorted(events.withdrawals, key=lambda m: (m.at, _bytes(m)))),
        checks=tuple(sorted(events.checks, key=lambda m: (m.at, _bytes(m)))),
        answers=tuple(sorted(events.answers, key=lambda m: (m.at, _bytes(m)))),
        placements=tuple(placements),
        attributions=tuple(
            PackedAttribution(
                at, vantage, answered, nxdomain, tuple(sorted(place_index[p] for p in places))
            )
            for at, vantage, answered, nxdomain, places in sorted(
                events.attributions, key=lambda a: (a[0], a[1], _bytes(a))
            )
        ),
        fingerprints=tuple(prints),
        tracks=tuple(_track(events, where, print_index) for where in sorted(events.looks)),
        decisions=tuple(sorted(events.decisions, key=lambda d: (d.decided_at, d.id, _bytes(d)))),
    )


def _track(events: Events, where: TrackKey, index: Mapping[Fingerprint, int]) -> Track:
    looks = sorted(
        (msgspec.structs.replace(look, print=index[seen]) for look, seen in events.looks[where]),
        key=msgspec.structs.astuple,
    )
    return Track(*where, looks=tuple(looks))


def _report_order(report: PackedReport) -> tuple[object, ...]:
    return (report.received_at, report.hotline, report.record_id, _bytes(report))


_ENCODER = msgspec.json.Encoder()


def _bytes(value: object) -> bytes:
    return _ENCODER.encode(value)
