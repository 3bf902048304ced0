"""How an accepted record becomes a ledger entry.

The registry's values that held at acceptance are stamped on it, the URL is sealed, names of
recipients and origins become hoster ids. What only an authoritative source may say, the state of
a URL, is taken from a `historic` hotline alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypedDict

import msgspec

from schemas.closed_lists import Basis, Delivery, HotlineMode
from schemas.identity.ids import CanonicalUrl, keyed_digest, keyed_hotline_text_id
from schemas.moments import SECOND_MS, Instant, instant
from schemas.records.hotline import Answer, Check, HotlineRecord, Notice, Report, Withdrawal
from schemas.records.registry import HotlineEntry
from schemas.records.reports import (
    AnswerAccepted,
    CheckAccepted,
    HosterId,
    HotlineId,
    NoticeAccepted,
    ReportAccepted,
    ReportsEntry,
    UrlKey,
    WithdrawalAccepted,
)
from schemas.seal_context import SealContext, hotline_ids, reported_url
from streams.norms.terms import norms_without_orders
from streams.registry.snapshot import UNKNOWN, Snapshot

HOST_DIGITS: Final = 8
"""Hexadecimal digits of a host's keyed hash that figures need: 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOperations:
    """What judging needs of the key file.

    Attributes:
        url_key: names a URL.
        hash: keyed hash of a text for a purpose.
        seal: seals bytes for the month of an instant and for the place they belong to.
    """

    url_key: Callable[[CanonicalUrl], str]
    hash: Callable[[str, str], str]
    seal: Callable[[bytes, Instant, SealContext], str]


class HotlineContext(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry says of all records of a hotline, and what hashes and seals them.

    Attributes:
        hotline: the registry's entry.
        historic: a replay; the record's own times replace the broker's append time, and its
            statements on the state of a URL are believed.
        norms_s: the norms of its jurisdiction, seconds, ascending; an order brings its own.
        sector_norm_s: the shortest of them.
        recipient: finds a hoster by id, name or contact.
        group: finds a hoster's owner.
        known: tells whether a hotline is in the registry.
        keys: hash and seal.
    """

    hotline: HotlineEntry
    historic: bool
    norms_s: tuple[int, ...]
    sector_norm_s: int
    recipient: Callable[[str], HosterId]
    group: Callable[[HosterId], HosterId]
    known: Callable[[HotlineId], HotlineEntry | None]
    keys: KeyOperations


class EntryContext(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an entry carries beside the record's own words.

    Attributes:
        context: whose record it is.
        record_id: names the record.
        url_key: names the URL.
        appended_at: when the broker took the record.
        stated: the times of the record, as `streams.intake.content.times_of` has them.
        host: the URL's host, which goes into the ledger as a keyed hash alone.
        literal, root: that is an address; the URL is its host's root.
    """

    context: HotlineContext
    record_id: str
    url_key: UrlKey
    appended_at: Instant
    stated: Sequence[Instant]
    host: str
    literal: bool
    root: bool


def context_of(hotline: HotlineEntry, snapshot: Snapshot, keys: KeyOperations) -> HotlineContext:
    """Return what all records of a hotline share while one state of the registry holds.

    Args:
        hotline: the registry's entry.
        snapshot: the registry.
        keys: hash and seal.
    """
    norms = snapshot.norms(hotline.jurisdiction)
    return HotlineContext(
        hotline=hotline,
        historic=hotline.mode is HotlineMode.HISTORIC,
        norms_s=norms_without_orders(norms.norms_s, norms.sector_norm_s),
        sector_norm_s=norms.sector_norm_s,
        recipient=snapshot.recipient,
        group=snapshot.group,
        known=snapshot.hotline,
        keys=keys,
    )


_Other: TypeAlias = Notice | Withdrawal | Check | Answer


class _Common(TypedDict):
    url_key: UrlKey
    hotline: HotlineId
    record_id: str
    sealed_ids: str
    received_at: Instant
    mode: HotlineMode


def entry_of(record: HotlineRecord, entry_context: EntryContext) -> ReportsEntry:
    """Return the ledger entry of an accepted record."""
    if isinstance(record, Report):
        return _report(record, entry_context)
    common = _Common(
        url_key=entry_context.url_key,
        hotline=entry_context.context.hotline.id,
        record_id=entry_context.record_id,
        sealed_ids=_sealed_ids(record, entry_context),
        received_at=_received_at(record, entry_context),
        mode=entry_context.context.hotline.mode,
    )
    match record:
        case Notice():
            return _notice(record, entry_context, common)
        case Withdrawal():
            return WithdrawalAccepted(**common, withdrawn_at=instant(record.withdrawn_at))
        case Check():
            return CheckAccepted(
                **common,
                checked_at=instant(record.checked_at),
                result=record.result,
                authoritative=entry_context.context.historic,
                checker=_checker(record, entry_context),
                feed_delay_s=entry_context.context.hotline.feed_delay_s,
            )
        case Answer():
            return AnswerAccepted(
                **common,
                answered_at=instant(record.answered_at),
                recipient=entry_context.context.recipient(record.recipient),
                answer=record.answer,
            )


def _received_at(record: _Other, entry_context: EntryContext) -> Instant:
    """Return the append time; of a replayed record the time its source gave it."""
    if not entry_context.context.historic:
        return entry_context.appended_at
    match record:
        case Notice():
            return instant(record.sent_at)
        case Withdrawal():
            return instant(record.withdrawn_at)
        case Check():
            return instant(record.checked_at)
        case Answer():
            return instant(record.answered_at)


def _report(record: Report, entry_context: EntryContext) -> ReportAccepted:
    context = entry_context.context
    stated = entry_context.stated  # reported_at, then seen_at where there is one
    reported_at = stated[0]
    origin = context.recipient(record.origin) if record.origin else UNKNOWN
    source = record.source if context.historic else None
    return ReportAccepted(
        url_key=entry_context.url_key,
        hotline=context.hotline.id,
        record_id=entry_context.record_id,
        sealed_ids=_sealed_ids(record, entry_context),
        received_at=reported_at if context.historic else entry_context.appended_at,
        mode=context.hotline.mode,
        reported_at=reported_at,
        seen_at=None if record.seen_at is None else stated[1],
        origin=None if origin == UNKNOWN else origin,
        origin_disclosed=bool(record.origin_disclosed) and origin != UNKNOWN,
        self_report=record.self_report,
        # Retention runs from when the broker took the record, however old its statements are.
        sealed=context.keys.seal(
            record.url.encode(), entry_context.appended_at, reported_url(entry_context.url_key)
        ),
        literal=entry_context.literal,
        root=entry_context.root,
        norms_s=context.norms_s,
        sector_norm_s=context.sector_norm_s,
        source_online=None
        if source is None or source.status == "unknown"
        else source.status == "online",
        last_online_at=None
        if source is None or source.last_online is None
        else instant(source.last_online),
        category=record.category or None,
        site_type=record.site_type or None,
        relayed_from=_relayed_from(record.relayed_from, context) if record.relayed_from else None,
        assesses=context.hotline.assesses and not record.relayed_from,
        host=int(context.keys.hash("host", entry_context.host)[:HOST_DIGITS], 16),
        probing=context.hotline.probing and record.probing is not False,
    )


def _relayed_from(name: str, context: HotlineContext) -> HotlineId:
    """Return a hotline that the registry knows; any other text could be an address."""
    return UNKNOWN if context.known(name) is None else name


_IDS: Final = msgspec.json.Encoder()


def _sealed_ids(record: HotlineRecord, entry_context: EntryContext) -> str:
    ids = {"id": record.id}
    if isinstance(record, Notice):
        given = {
            "reference": record.reference,
            "message_id": record.message_id,
            "envelope_id": record.envelope_id,
        }
        ids |= {name: text for name, text in given.items() if text}
    return entry_context.context.keys.seal(
        _IDS.encode(ids), entry_context.appended_at, hotline_ids(entry_context.url_key)
    )


def _notice(record: Notice, entry_context: EntryContext, common: _Common) -> NoticeAccepted:
    proof = record.delivered_at if record.result is Delivery.DELIVERED else None
    noticed_at = common["received_at"] if proof is None else instant(proof)
    context = entry_context.context
    recipient = context.recipient(record.recipient)
    shown = record.proof or None
    return NoticeAccepted(
        **common,
        recipient=recipient,
        group=context.group(recipient),
        noticed_at=noticed_at,
        result=record.result,
        basis=record.basis,
        reference=_named("reference", record.reference, context),
        term_s=record.term_s if record.basis is Basis.ORDER else None,
        backdated=_backdated(noticed_at, entry_context, common),
        proof_kind=None if shown is None else shown.kind,
        proof_digest=keyed_digest(context.keys.hash, shown.digest)
        if shown is not None and shown.digest
        else None,
        message_id=_named("message", record.message_id, context),
        envelope_id=_named("envelope", record.envelope_id, context),
        norms_s=context.norms_s,
        feed_delay_s=context.hotline.feed_delay_s,
        stage=(record.stage or None) if record.basis is Basis.ORDER else None,
    )


def _backdated(at: Instant, entry_context: EntryContext, common: _Common) -> bool:
    """Return whether an instant is earlier than its hotline's feed explains."""
    return at < common["received_at"] - entry_context.context.hotline.feed_delay_s * SECOND_MS


def _named(
    purpose: str, text: str | msgspec.UnsetType | None, context: HotlineContext
) -> str | None:
    return (
        keyed_hotline_text_id(context.keys.hash, purpose, context.hotline.id, text)
        if text
        else None
    )


def _checker(record: Check, entry_context: EntryContext) -> str | None:
    if record.checker is None:
        return None
    return entry_context.context.keys.hash(
        "checker", f"{entry_context.context.hotline.id}\x00{record.checker}"
    )
