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
        secrets: hash and seal.
    """

    hotline: HotlineEntry
    historic: bool
    norms_s: tuple[int, ...]
    sector_norm_s: int
    recipient: Callable[[str], HosterId]
    group: Callable[[HosterId], HosterId]
    known: Callable[[HotlineId], HotlineEntry | None]
    secrets: KeyOperations


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


def context_of(hotline: HotlineEntry, snapshot: Snapshot, secrets: KeyOperations) -> HotlineContext:
    """Return what all records of a hotline share while one state of the registry holds.

    Args:
        hotline: the registry's entry.
        snapshot: the registry.
        secrets: hash and seal.
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
        secrets=secrets,
    )


_Other: TypeAlias = Notice | Withdrawal | Check | Answer


class _Common(TypedDict):
    url_key: UrlKey
    hotline: HotlineId
    record_id: str
    sealed_ids: str
    received_at: Instant
    mode: HotlineMode


def entry_of(record: HotlineRecord, stamp: EntryContext) -> ReportsEntry:
    """Return the ledger entry of an accepted record."""
    if isinstance(record, Report):
        return _report(record, stamp)
    common = _Common(
        url_key=stamp.url_key,
        hotline=stamp.context.hotline.id,
        record_id=stamp.record_id,
        sealed_ids=_sealed_ids(record, stamp),
        received_at=_received_at(record, stamp),
        mode=stamp.context.hotline.mode,
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
                authoritative=stamp.context.historic,
                checker=_checker(record, stamp),
                feed_delay_s=stamp.context.hotline.feed_delay_s,
            )
        case Answer():
            return AnswerAccepted(
                **common,
                answered_at=instant(record.answered_at),
                recipient=stamp.context.recipient(record.recipient),
                answer=record.answer,
            )


def _received_at(record: _Other, stamp: EntryContext) -> Instant:
    """Return the append time; of a replayed record the time its source gave it."""
    if not stamp.context.historic:
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


def _report(record: Report, stamp: EntryContext) -> ReportAccepted:
    context, stated = stamp.context, stamp.stated  # reported_at, then seen_at where there is one
    reported_at = stated[0]
    origin = context.recipient(record.origin) if record.origin else UNKNOWN
    source = record.source if context.historic else None
    return ReportAccepted(
        url_key=stamp.url_key,
        hotline=context.hotline.id,
        record_id=stamp.record_id,
        sealed_ids=_sealed_ids(record, stamp),
        received_at=reported_at if context.historic else stamp.appended_at,
        mode=context.hotline.mode,
        reported_at=reported_at,
        seen_at=None if record.seen_at is None else stated[1],
        origin=None if origin == UNKNOWN else origin,
        origin_disclosed=bool(record.origin_disclosed) and origin != UNKNOWN,
        self_report=record.self_report,
        # Retention runs from when the broker took the record, however old its statements are.
        sealed=context.secrets.seal(
            record.url.encode(), stamp.appended_at, reported_url(stamp.url_key)
        ),
        literal=stamp.literal,
        root=stamp.root,
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
        host=int(context.secrets.hash("host", stamp.host)[:HOST_DIGITS], 16),
        probing=context.hotline.probing and record.probing is not False,
    )


def _relayed_from(name: str, context: HotlineContext) -> HotlineId:
    """Return a hotline that the registry knows; any other text could be an address."""
    return UNKNOWN if context.known(name) is None else name


_IDS: Final = msgspec.json.Encoder()


def _sealed_ids(record: HotlineRecord, stamp: EntryContext) -> str:
    ids = {"id": record.id}
    if isinstance(record, Notice):
        given = {
            "reference": record.reference,
            "message_id": record.message_id,
            "envelope_id": record.envelope_id,
        }
        ids |= {name: text for name, text in given.items() if text}
    return stamp.context.secrets.seal(
        _IDS.encode(ids), stamp.appended_at, hotline_ids(stamp.url_key)
    )


def _notice(record: Notice, stamp: EntryContext, common: _Common) -> NoticeAccepted:
    proof = record.delivered_at if record.result is Delivery.DELIVERED else None
    noticed_at = common["received_at"] if proof is None else instant(proof)
    context = stamp.context
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
        backdated=_backdated(noticed_at, stamp, common),
        proof_kind=None if shown is None else shown.kind,
        proof_digest=keyed_digest(context.secrets.hash, shown.digest)
        if shown is not None and shown.digest
        else None,
        message_id=_named("message", record.message_id, context),
        envelope_id=_named("envelope", record.envelope_id, context),
        norms_s=context.norms_s,
        feed_delay_s=context.hotline.feed_delay_s,
        stage=(record.stage or None) if record.basis is Basis.ORDER else None,
    )


def _backdated(at: Instant, stamp: EntryContext, common: _Common) -> bool:
    """Return whether an instant is earlier than its hotline's feed explains."""
    return at < common["received_at"] - stamp.context.hotline.feed_delay_s * SECOND_MS


def _named(
    purpose: str, text: str | msgspec.UnsetType | None, context: HotlineContext
) -> str | None:
    return (
        keyed_hotline_text_id(context.secrets.hash, purpose, context.hotline.id, text)
        if text
        else None
    )


def _checker(record: Check, stamp: EntryContext) -> str | None:
    if record.checker is None:
        return None
    return stamp.context.secrets.hash("checker", f"{stamp.context.hotline.id}\x00{record.checker}")
