"""What the ledger holds of one URL: its records, decoded, each once.

Records are decoded into structs that name only what is needed here. Copies of one record are
told by the identity that ARCHITECTURE.md gives them (At least once, and identities) and counted
once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from schemas.closed_lists import CheckResult, HotlineMode, ProbeError
from schemas.codec import DECISION, REPORTS_ENTRY
from schemas.moments import DAY_MS, SECOND_MS, Instant
from schemas.records.facts import Decision
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from schemas.topics import DECISIONS, FACTS, REPORTS
from verify.ledger.facts import Observation, Resolution, fact

TOO_LATE_MS: Final = DAY_MS


@dataclass(slots=True)
class UrlRecords:
    """All of one URL, each thing once.

    Attributes:
        reports, notices: in order of time; copies of a notice are still among them.
        sealed: the URL's sealed text, as the report says that was received last.
        withdrawals: (hotline, when).
        withdrawals_dated_back: the same of checks `never_illegal` dated back by more than the feed
            delay, which set nothing by the rules of today (rule 4.15).
        observations: those of each slot that has a result, else its misses; with whether each was
            appended more than 24 h after it was made.
        resolutions: in order of time; those that nobody answered included.
    """

    url_key: str
    reports: Sequence[ReportAccepted] = ()
    notices: Sequence[NoticeAccepted] = ()
    withdrawals: Sequence[tuple[str, Instant]] = ()
    checks: Sequence[CheckAccepted] = ()
    resolutions: Sequence[Resolution] = ()
    observations: Sequence[tuple[Observation, bool]] = ()
    decisions: Sequence[Decision] = ()
    sealed: str = ""
    withdrawals_dated_back: Sequence[tuple[str, Instant]] = ()


class LedgerRecord(NamedTuple):
    """A record as it lies in the ledger."""

    topic: str
    offset: int
    appended_at: Instant
    value: bytes


_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Heap:
    """Everything decoded, not yet sorted."""

    reports: dict[tuple[str, str], list[ReportAccepted]] = field(
        default_factory=lambda: defaultdict(list)
    )
    notices: list[NoticeAccepted] = field(default_factory=list)
    withdrawals: set[tuple[str, Instant]] = field(default_factory=set)
    dated_back: set[tuple[str, Instant]] = field(default_factory=set)
    checks: dict[tuple[object, ...], CheckAccepted] = field(default_factory=dict)
    resolutions: set[Resolution] = field(default_factory=set)
    observations: dict[Observation, bool] = field(default_factory=dict)
    decisions: dict[tuple[object, ...], Decision] = field(default_factory=dict)


def url_records(url_key: str, written: Iterable[LedgerRecord]) -> UrlRecords:
    """Sort out the records of one URL.

    Args:
        url_key: the URL.
        written: its records, from all ledger topics, in any order.

    Raises:
        Rejected, msgspec.DecodeError: one is no record of the ledger.
    """
    heap = _Heap()
    for record in written:
        if record.topic == FACTS.name:
            _fact(heap, record)
        elif record.topic == REPORTS.name:
            _entry(heap, record)
        elif record.topic == DECISIONS.name:
            made = DECISION.decode(record.value)
            heap.decisions[made.decided_at, made.id, made.case_id, made.action, made.hoster] = made
    return UrlRecords(
        url_key=url_key,
        reports=sorted(
            (min(same, key=_by_received_at) for same in heap.reports.values()), key=_by_received_at
        ),
        notices=sorted(heap.notices, key=by_notice),
        withdrawals=sorted(heap.withdrawals),
        withdrawals_dated_back=tuple(sorted(heap.dated_back)),
        checks=sorted(heap.checks.values(), key=lambda c: c.checked_at),
        resolutions=sorted(heap.resolutions, key=lambda r: (r.at, r.vantage, _encode(r))),
        observations=_observed(heap.observations),
        decisions=list(heap.decisions.values()),
        sealed=_sealed(heap.reports.values()),
    )


def _entry(heap: _Heap, record: LedgerRecord) -> None:
    match REPORTS_ENTRY.decode(record.value):
        case ReportAccepted() as entry:
            heap.reports[entry.hotline, entry.record_id].append(entry)
        case NoticeAccepted() as entry:
            heap.notices.append(entry)
        case WithdrawalAccepted() as entry:
            heap.withdrawals.add((entry.hotline, entry.withdrawn_at))
        case CheckAccepted(result=CheckResult.NEVER_ILLEGAL) as entry:
            held = heap.dated_back if is_dated_back(entry) else heap.withdrawals
            held.add((entry.hotline, entry.checked_at))
        case CheckAccepted() as entry:
            person = (entry.hotline, entry.checker or "")
            heap.checks[*person, entry.checked_at, entry.result] = entry
        case AnswerAccepted():
            pass  # it brings about a probe and ends nothing


def is_dated_back(check: CheckAccepted) -> bool:
    """Return whether a check is dated back by more than the hotline's feed delay (rule 4.15)."""
    waited_ms = check.received_at - check.checked_at
    return check.mode is not HotlineMode.HISTORIC and waited_ms > check.feed_delay_s * SECOND_MS


def _by_received_at(entry: ReportAccepted) -> tuple[object, ...]:
    return entry.received_at, entry.hotline, entry.record_id, _encode(_bare(entry))


def _sealed(reports: Iterable[Sequence[ReportAccepted]]) -> str:
    every = sorted((r.received_at, r.sealed) for same in reports for r in same)
    return every[-1][1] if every else ""


def by_notice(entry: NoticeAccepted) -> tuple[Instant, bytes]:
    """Return what notices are sorted by: their time, then all that counts of them."""
    rest = (
        entry.received_at,
        entry.hotline,
        entry.recipient,
        entry.basis,
        entry.result,
        entry.reference,
        entry.term_s,
        entry.backdated,
        entry.mode,
        entry.group,
    )
    return entry.noticed_at, _encode(rest)


def _bare(entry: ReportAccepted) -> tuple[object, ...]:
    """Return what a report says without its seal, which differs each time it is made."""
    return (
        entry.reported_at,
        entry.seen_at,
        entry.origin,
        entry.self_report,
        entry.mode,
        entry.norms_s,
        entry.sector_norm_s,
        entry.source_online,
        entry.last_online_at,
    )


def _fact(heap: _Heap, record: LedgerRecord) -> None:
    found = fact(record.value)
    if isinstance(found, Resolution):
        heap.resolutions.add(found)
        return
    late = record.appended_at - found.done_at > TOO_LATE_MS
    heap.observations[found] = heap.observations.get(found, True) and late


def _observed(observations: dict[Observation, bool]) -> list[tuple[Observation, bool]]:
    """Leave out what was missed in a slot that has a result as well (a result beats a miss)."""
    missed = ProbeError.MISSED_POLITENESS
    met = {
        (observation[:5], observation.slot_at)
        for observation in observations
        if observation.answer.error is not missed
    }
    return [
        (observation, late)
        for observation, late in observations.items()
        if observation.answer.error is not missed
        or (observation[:5], observation.slot_at) not in met
    ]
