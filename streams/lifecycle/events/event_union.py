"""Adding records of the ledger to the set of a URL's events.

`add_events` is a union: events are kept in sets, so order, repetition, batching and any
interleaving of the ledger topics change nothing. `streams.lifecycle.events.event_set` stores the
set.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import TypeAlias

import msgspec

from schemas.closed_lists import CheckResult, DecisionAction, HotlineMode
from schemas.moments import SECOND_MS, Instant
from schemas.records.case_events import (
    PackedAnswer,
    PackedCheck,
    PackedDecision,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    PackedWithdrawal,
)
from schemas.records.facts import Attribution, Decision, Fact
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    ReportsEntry,
    WithdrawalAccepted,
)
from streams.lifecycle.events.event_set import (
    Events,
    canonical,
    notice_identity,
    report_order,
)
from streams.lifecycle.evidence.hotline_statements import counts_from

ADDRESSES_MAX = 8
"""Placements kept of one resolution."""

_place_identity: Callable[[PackedPlacement], tuple[object, ...]] = attrgetter(
    *(name for name in PackedPlacement.__struct_fields__ if name != "address")
)

_REPORT = attrgetter(*PackedReport.__struct_fields__)
_NOTICE = attrgetter(*PackedNotice.__struct_fields__)
_PLACEMENT = attrgetter(*PackedPlacement.__struct_fields__)
"""Fields that an entry and what is packed of it call by one name: all of them."""

Happened: TypeAlias = tuple[ReportsEntry | Fact | Decision, Instant]
"""A ledger record and its broker append time in world time."""


def add_events(events: Events, happened: Iterable[Happened]) -> None:
    """Add records but observations to the set; one that is in it already changes nothing.

    Observations are added by `streams.lifecycle.events.tracks`.
    """
    resolved: list[Attribution] = []
    for record, _ in happened:
        match record:
            case ReportAccepted():
                _add_report(events, record)
            case NoticeAccepted():
                _add_notice(events, record)
            case WithdrawalAccepted(withdrawn_at=at):
                events.withdrawals.add(PackedWithdrawal(at, record.hotline))
            case CheckAccepted():
                _add_check(events, record)
            case AnswerAccepted(answered_at=at, answer=answer, recipient=who):
                events.answers.add(PackedAnswer(at, record.hotline, answer, who))
            case Attribution():
                resolved.append(record)
            case Decision():
                events.decisions.add(
                    PackedDecision(
                        record.decided_at,
                        record.id,
                        record.case_id,
                        DecisionAction(record.action),
                        record.hoster,
                        record.revokes,
                        record.group,
                    )
                )
    if resolved:
        _add_attributions(events, resolved)


def _add_check(events: Events, entry: CheckAccepted) -> None:
    check = _check(entry)
    if check.what is CheckResult.NEVER_ILLEGAL and not check.backdated:
        events.withdrawals.add(PackedWithdrawal(check.at, check.hotline))
    else:
        events.checks.add(check)


def _check(entry: CheckAccepted) -> PackedCheck:
    waited_ms = entry.received_at - entry.checked_at
    return PackedCheck(
        at=entry.checked_at,
        hotline=entry.hotline,
        what=entry.result,
        who=entry.checker or "",
        authoritative=entry.authoritative,
        backdated=entry.mode is not HotlineMode.HISTORIC
        and waited_ms > entry.feed_delay_s * SECOND_MS,
        received_at=entry.received_at,
    )


def _add_report(events: Events, entry: ReportAccepted) -> None:
    sealed = (entry.received_at, entry.sealed, entry.literal, entry.root)
    events.sealed = max(events.sealed, sealed)
    report = packed_report(entry)
    known = events.reports.get((report.hotline, report.record_id), report)
    events.reports[report.hotline, report.record_id] = min(known, report, key=report_order)


def packed_report(entry: ReportAccepted) -> PackedReport:
    """Return a report as it stands in a state."""
    return PackedReport(*_REPORT(entry))


def packed_notice(entry: NoticeAccepted) -> PackedNotice:
    """Return a notice as it stands in a state."""
    return PackedNotice(*_NOTICE(entry))


def _add_notice(events: Events, entry: NoticeAccepted) -> None:
    notice = packed_notice(entry)
    identity = notice_identity(notice)
    known = events.notices.get(identity)
    rank = (counts_from(notice), canonical(notice))
    if known is None or rank < (counts_from(known), canonical(known)):
        events.notices[identity] = notice


def _add_attributions(events: Events, facts: Iterable[Attribution]) -> None:
    """Add all at once: each asks all that are held for the sealed texts of its addresses."""
    events.attributions |= {
        (
            fact.at,
            fact.vantage,
            (fact.answered, fact.nxdomain, has_more(fact)),
            packed_places(fact),
        )
        for fact in facts
    }
    held = {(at, place) for at, *_, found in events.attributions for place in found}
    newest = _newest(held)
    if any(place.address != newest[_place_identity(place)] for _, place in held):
        events.attributions = {
            (at, vantage, said, _alike(found, newest))
            for at, vantage, said, found in events.attributions
        }


def has_more(fact: Attribution) -> bool:
    """Return whether an attribution names more hosters than a state keeps of one."""
    return fact.more or len(fact.placements) > ADDRESSES_MAX


def packed_places(fact: Attribution) -> tuple[PackedPlacement, ...]:
    """Return the placements of an attribution as a state has them, in their order."""
    places = tuple([PackedPlacement(*_PLACEMENT(one)) for one in fact.placements[:ADDRESSES_MAX]])
    if len(places) < 2:
        return places
    return _alike(places, _newest((fact.at, place) for place in places))


def _newest(
    found: Iterable[tuple[Instant, PackedPlacement]],
) -> Mapping[tuple[object, ...], str]:
    """Give one address of one hoster one sealed text: sealing the same twice differs each time.

    The text of the newest attribution stands for all, because keys of older months may be
    destroyed; of one instant the lexically greatest. So the choice does not depend on order.
    """
    newest: dict[tuple[object, ...], tuple[Instant, str]] = {}
    for at, place in found:
        identity, text = _place_identity(place), (at, place.address)
        newest[identity] = max(newest.get(identity, text), text)
    return {identity: text for identity, (_, text) in newest.items()}


def _alike(
    places: Iterable[PackedPlacement], texts: Mapping[tuple[object, ...], str]
) -> tuple[PackedPlacement, ...]:
    """Return the places once each and in the order a stored state gives them back."""
    alike = {
        msgspec.structs.replace(place, address=texts[_place_identity(place)]) for place in places
    }
    return tuple(sorted(alike, key=canonical))
