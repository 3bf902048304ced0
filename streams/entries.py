"""How an accepted record becomes a ledger entry.

The registry's values that held at acceptance are stamped on it, the URL is sealed, names of
recipients and origins become hoster ids. What only an authoritative source may say, the state of
a URL, is taken from a `historic` hotline alone.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias, TypedDict

import msgspec

from schemas.hotline import Answer, Check, HotlineRecord, Notice, Report, Withdrawal
from schemas.ledger import (
    AnswerAccepted,
    CheckAccepted,
    HosterId,
    HotlineId,
    LedgerEntry,
    NoticeAccepted,
    ReportAccepted,
    UrlKey,
    WithdrawalAccepted,
)
from schemas.moments import HOUR_MS, Instant, instant
from schemas.reasons import Basis, Delivery, HotlineMode
from schemas.registry import HotlineEntry, NormEntry
from streams.registry import UNKNOWN

BACKDATED_MS: Final = HOUR_MS
"""A notice dated longer than this before it was received is flagged (DESIGN 3.1)."""


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry carries beside the record's own words.

    Attributes:
        url_key: names the URL.
        hotline: the registry's entry of the hotline.
        appended_at: when the broker took the record.
        literal, root: the URL's host is an address; the URL is its host's root.
        norms: the norms of the hotline's jurisdiction.
        recipient: finds a hoster by id, name or contact.
        group: finds a hoster's owner.
        hash: keyed hash of a text for a purpose.
        seal: seals bytes for the month of an instant.
    """

    url_key: UrlKey
    hotline: HotlineEntry
    appended_at: Instant
    literal: bool
    root: bool
    norms: NormEntry
    recipient: Callable[[str], HosterId]
    group: Callable[[HosterId], HosterId]
    hash: Callable[[str, str], str]
    seal: Callable[[bytes, Instant], str]


_Other: TypeAlias = Notice | Withdrawal | Check | Answer


class _Common(TypedDict):
    url_key: UrlKey
    hotline: HotlineId
    record_id: str
    received_at: Instant
    mode: HotlineMode


def entry_of(record: HotlineRecord, stamp: Stamp) -> LedgerEntry:
    """Return the ledger entry of an accepted record."""
    if isinstance(record, Report):
        return _report(record, stamp)
    common = _Common(
        url_key=stamp.url_key,
        hotline=stamp.hotline.id,
        record_id=record.id,
        received_at=_received_at(record, stamp),
        mode=stamp.hotline.mode,
    )
    match record:
        case Notice():
            return _notice(record, stamp, common)
        case Withdrawal():
            return WithdrawalAccepted(**common, withdrawn_at=instant(record.withdrawn_at))
        case Check():
            return CheckAccepted(
                **common,
                checked_at=instant(record.checked_at),
                result=record.result,
                authoritative=_historic(stamp),
                checker=_checker(record, stamp),
            )
        case Answer():
            return AnswerAccepted(
                **common,
                answered_at=instant(record.answered_at),
                recipient=stamp.recipient(record.recipient),
                answer=record.answer,
            )


def _historic(stamp: Stamp) -> bool:
    return stamp.hotline.mode is HotlineMode.HISTORIC


def _received_at(record: _Other, stamp: Stamp) -> Instant:
    """Return the append time; of a replayed record the time its source gave it."""
    if not _historic(stamp):
        return stamp.appended_at
    match record:
        case Notice():
            return instant(record.sent_at)
        case Withdrawal():
            return instant(record.withdrawn_at)
        case Check():
            return instant(record.checked_at)
        case Answer():
            return instant(record.answered_at)


def _report(record: Report, stamp: Stamp) -> ReportAccepted:
    reported_at = instant(record.reported_at)
    origin = stamp.recipient(record.origin) if record.origin else UNKNOWN
    source = record.source if _historic(stamp) else None
    return ReportAccepted(
        url_key=stamp.url_key,
        hotline=stamp.hotline.id,
        record_id=record.id,
        received_at=reported_at if _historic(stamp) else stamp.appended_at,
        mode=stamp.hotline.mode,
        reported_at=reported_at,
        seen_at=_maybe(record.seen_at),
        origin=None if origin == UNKNOWN else origin,
        self_report=record.self_report,
        # Retention runs from when the record was taken in, however old its story is.
        sealed=stamp.seal(record.url.encode(), stamp.appended_at),
        literal=stamp.literal,
        root=stamp.root,
        norms_s=_ascending(stamp.norms.norms_s),
        sector_norm_s=stamp.norms.sector_norm_s,
        source_online=None
        if source is None or source.status == "unknown"
        else source.status == "online",
        last_online_at=_maybe(source.last_online) if source else None,
    )


def _notice(record: Notice, stamp: Stamp, common: _Common) -> NoticeAccepted:
    proof = record.delivered_at if record.result is Delivery.DELIVERED else None
    noticed_at = common["received_at"] if proof is None else instant(proof)
    recipient = stamp.recipient(record.recipient)
    return NoticeAccepted(
        **common,
        recipient=recipient,
        group=stamp.group(recipient),
        noticed_at=noticed_at,
        result=record.result,
        basis=record.basis,
        reference=record.reference,
        term_s=record.term_s if record.basis is Basis.ORDER else None,
        backdated=noticed_at < common["received_at"] - BACKDATED_MS,
    )


def _checker(record: Check, stamp: Stamp) -> str | None:
    if record.checker is None:
        return None
    return stamp.hash("checker", f"{stamp.hotline.id}\x00{record.checker}")


@lru_cache(maxsize=64)  # jurisdictions have a norm each, and those seldom change
def _ascending(norms_s: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(norms_s))


def _maybe(time: datetime | None) -> Instant | None:
    return None if time is None else instant(time)
