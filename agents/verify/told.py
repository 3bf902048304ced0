"""What the ledger holds of one URL: its records, decoded, each once.

Records are decoded into structs that name only what is needed here. Copies of one record are
told by the identity that DESIGN section 2 gives them and counted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from schemas.case import (
    MARK_AGED,
    MARK_CACHED,
    MARK_CHALLENGE,
    MARK_LEFT_HOST,
    MARK_PARKED,
    MARK_PLACEHOLDER,
    MARK_SUSPENDED,
    MARK_TO_ROOT,
)
from schemas.codec import DECISION, LEDGER
from schemas.facts import Decision
from schemas.ledger import (
    AnswerAccepted,
    CheckAccepted,
    NoticeAccepted,
    ReportAccepted,
    WithdrawalAccepted,
)
from schemas.moments import DAY_MS, Instant
from schemas.reasons import CheckResult, ProbeError, Role, Target
from schemas.topics import DECISIONS, FACTS, REPORTS

TOO_LATE_MS: Final = DAY_MS
PLACES_MAX: Final = 8
"""Addresses a resolution (DESIGN section 2)."""


class Place(msgspec.Struct, frozen=True, array_like=False):
    """Where a resolution found the URL."""

    hoster: str
    group: str
    role: Role = Role.HOSTING
    country: str = "??"
    asn: int = 0
    asn_country: str = "??"
    confidence: str = "unknown"
    contested: bool = False
    address_key: str = ""


class Resolution(msgspec.Struct, frozen=True, tag_field="type", tag="attribution"):
    """A resolution by one vantage."""

    vantage: str
    at: Instant
    answered: bool = True
    nxdomain: bool = False
    placements: tuple[Place, ...] = ()


class _Facts(msgspec.Struct, frozen=True):
    error: ProbeError | None = None
    status: int = 0
    type: str = ""
    length: int | None = None
    etag_key: str = ""
    location_key: str = ""
    age_s: int | None = None
    cached: bool = False
    left_host: bool = False
    to_root: bool = False
    challenge: bool = False
    suspended: bool = False
    parked: bool = False
    placeholder: bool = False


class _Observation(msgspec.Struct, frozen=True, tag_field="type", tag="observation"):
    hoster: str
    vantage: str
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    facts: _Facts
    role: Role = Role.HOSTING
    asked: tuple[str, ...] = ()
    canary_ok: bool = True
    hosters: tuple[str, ...] = ()
    nxdomain: bool = False
    old_address: bool = False
    announced: bool = True


class Answer(NamedTuple):
    """What of an answer a verdict rests on; `size` is floor(log2(length)) + 1, -1 = not said."""

    error: ProbeError | None
    status: int
    type: str
    size: int
    location_key: str
    etag_key: str
    marks: int

    def marked(self, mark: int) -> bool:
        """Return whether it bears a mark of `schemas.case`."""
        return bool(self.marks & mark)


class Look(NamedTuple):
    """One look as it was made; equal looks are one."""

    hoster: str
    role: Role
    vantage: str
    target: Target
    asked: tuple[str, ...]
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    canary_ok: bool
    announced: bool
    old_address: bool
    nxdomain: bool
    present: bool
    age_s: int
    answer: Answer


@dataclass(slots=True)
class Told:
    """All of one URL, each thing once.

    Attributes:
        reports, notices: in order of time.
        withdrawals: (hotline, when).
        looks: those of each slot that has a result, else its misses; with whether each was
            appended more than 24 h after it was made.
        resolutions: in order of time; those that nobody answered included.
    """

    url_key: str
    reports: Sequence[ReportAccepted] = ()
    notices: Sequence[NoticeAccepted] = ()
    withdrawals: Sequence[tuple[str, Instant]] = ()
    checks: Sequence[CheckAccepted] = ()
    resolutions: Sequence[Resolution] = ()
    looks: Sequence[tuple[Look, bool]] = ()
    decisions: Sequence[Decision] = ()


class Written(NamedTuple):
    """A record as it lies in the ledger."""

    topic: str
    offset: int
    appended_at: Instant
    value: bytes


_FACT: Final = msgspec.json.Decoder(Resolution | _Observation)
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Heap:
    """Everything decoded, not yet sorted."""

    reports: dict[tuple[str, str], list[ReportAccepted]] = field(
        default_factory=lambda: defaultdict(list)
    )
    notices: dict[tuple[object, ...], list[NoticeAccepted]] = field(
        default_factory=lambda: defaultdict(list)
    )
    withdrawals: set[tuple[str, Instant]] = field(default_factory=set)
    checks: dict[tuple[object, ...], CheckAccepted] = field(default_factory=dict)
    resolutions: set[Resolution] = field(default_factory=set)
    looks: dict[Look, bool] = field(default_factory=dict)
    decisions: dict[tuple[object, ...], Decision] = field(default_factory=dict)


def told(url_key: str, written: Iterable[Written]) -> Told:
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
    return Told(
        url_key=url_key,
        reports=sorted((min(same, key=_by_receipt) for same in heap.reports.values()),
                       key=_by_receipt),
        notices=sorted((min(same, key=_by_notice) for same in heap.notices.values()),
                       key=_by_notice),
        withdrawals=sorted(heap.withdrawals),
        checks=sorted(heap.checks.values(), key=lambda c: c.checked_at),
        resolutions=sorted(heap.resolutions, key=lambda r: (r.at, r.vantage, _encode(r))),
        looks=_looked(heap.looks),
        decisions=list(heap.decisions.values()),
    )  # fmt: skip


def _entry(heap: _Heap, record: Written) -> None:
    match LEDGER.decode(record.value):
        case ReportAccepted() as entry:
            heap.reports[entry.hotline, entry.record_id].append(entry)
        case NoticeAccepted() as entry:
            what = (entry.basis, entry.reference, entry.result, entry.noticed_at // DAY_MS)
            heap.notices[entry.hotline, entry.recipient, *what].append(entry)
        case WithdrawalAccepted() as entry:
            heap.withdrawals.add((entry.hotline, entry.withdrawn_at))
        case CheckAccepted(result=CheckResult.NEVER_ILLEGAL) as entry:
            heap.withdrawals.add((entry.hotline, entry.checked_at))
        case CheckAccepted() as entry:
            person = (entry.hotline, entry.checker or "")
            heap.checks[*person, entry.checked_at, entry.result] = entry
        case AnswerAccepted():
            pass  # it brings about a look and ends nothing


def _by_receipt(entry: ReportAccepted) -> tuple[object, ...]:
    return entry.received_at, entry.hotline, entry.record_id, _encode(_bare(entry))


def _by_notice(entry: NoticeAccepted) -> tuple[Instant, bytes]:
    rest = (
        entry.received_at, entry.hotline, entry.recipient, entry.basis, entry.result,
        entry.reference, entry.term_s, entry.backdated, entry.mode, entry.group,
    )  # fmt: skip
    return entry.noticed_at, _encode(rest)


def _bare(entry: ReportAccepted) -> tuple[object, ...]:
    """Return what a report says without its seal, which differs each time it is made."""
    return (
        entry.reported_at, entry.seen_at, entry.origin, entry.self_report, entry.mode,
        entry.norms_s, entry.sector_norm_s, entry.source_online, entry.last_online_at,
    )  # fmt: skip


def _fact(heap: _Heap, record: Written) -> None:
    fact = _FACT.decode(record.value)
    if isinstance(fact, Resolution):
        places = sorted(set(fact.placements[:PLACES_MAX]), key=place_order)
        heap.resolutions.add(msgspec.structs.replace(fact, placements=tuple(places)))
        return
    look = _look(fact)
    late = record.appended_at - fact.done_at > TOO_LATE_MS
    heap.looks[look] = heap.looks.get(look, True) and late


def place_order(place: Place) -> bytes:
    """Return what the places of one resolution are sorted by: their text."""
    return _encode(msgspec.structs.astuple(place))


def _look(fact: _Observation) -> Look:
    facts = fact.facts
    marks = (
        MARK_LEFT_HOST * facts.left_host
        | MARK_TO_ROOT * facts.to_root
        | MARK_CHALLENGE * facts.challenge
        | MARK_SUSPENDED * facts.suspended
        | MARK_PARKED * facts.parked
        | MARK_CACHED * facts.cached
        | MARK_AGED * (facts.age_s is not None)
        | MARK_PLACEHOLDER * facts.placeholder
    )
    return Look(
        fact.hoster, fact.role, fact.vantage, fact.target, fact.asked,
        fact.slot_at, fact.sent_at, fact.done_at,
        fact.canary_ok, fact.announced, fact.old_address, fact.nxdomain,
        fact.hoster in fact.hosters,
        facts.age_s or 0,
        Answer(
            facts.error, facts.status, facts.type,
            -1 if facts.length is None else facts.length.bit_length(),
            facts.location_key, facts.etag_key, marks,
        ),
    )  # fmt: skip


def _looked(looks: dict[Look, bool]) -> list[tuple[Look, bool]]:
    """Leave out what was missed in a slot that has a result as well (a result beats a miss)."""
    missed = ProbeError.MISSED_POLITENESS
    met = {(look[:5], look.slot_at) for look in looks if look.answer.error is not missed}
    return [
        (look, late)
        for look, late in looks.items()
        if look.answer.error is not missed or (look[:5], look.slot_at) not in met
    ]
