"""`reports.v1`: accepted records of hotlines, URL sealed, stamped with the registry that held.

One inbox record becomes one entry. Readers of the ledger need no registry: the norms and the
hotline's mode that held at acceptance stand in the entry.

Version 2 names a hotline's ids by keyed hashes. Version 1 held them in clear and has neither
`sealed_ids` nor the fields that version 2 added.
"""

import re
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from schemas.authority_orders import OrderStage
from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    Delivery,
    HotlineMode,
    ProofKind,
    SiteType,
)
from schemas.moments import Instant

KeyedId: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""A keyed hash of a hotline's id for something, or of a digest it gave."""

UrlKey: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
HosterId: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
HotlineId: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
PSEUDONYM: Final = re.compile("hoster-[0-9a-f]{12}")
"""What a report calls a hoster that it does not judge; no hoster has such an id."""

OWN_PAGE: Final[HotlineId] = "own-page"
"""Stands in the place of a hotline's id where a hoster spoke on its own page. The registry takes no
hotline of this id."""

VantageId: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Sealed: TypeAlias = Annotated[str, Meta(max_length=8_192)]
"""Base64url of what `agents.edges.crypto.keys` sealed for one place (`schemas.seal_context`): key
month, nonce, AES-256-GCM ciphertext of the padded text."""


class Entry(Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """What all ledger entries of hotlines share.

    Attributes:
        url_key: keyed hash of the canonical URL; the Kafka key is the same bytes.
        hotline: the hotline whose topic or key it came in by.
        record_id: keyed hash of the hotline and its id of the record it was made from.
        sealed_ids: the hotline's own ids in clear, sealed: a JSON object with `id`, and of a notice
            `reference`, `message_id` and `envelope_id` where it has them.
        received_at: broker append time of that record (reported_at for a `historic` hotline).
        mode: the hotline's mode in the registry at that time.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    url_key: UrlKey
    hotline: HotlineId
    record_id: Annotated[str, Meta(max_length=144)]
    sealed_ids: Sealed = ""
    received_at: Instant
    mode: HotlineMode


class ReportAccepted(Entry, frozen=True, kw_only=True, tag="report"):
    """An accepted report.

    Attributes:
        reported_at: when the hotline took it in.
        seen_at: when somebody last saw the material there.
        origin: hoster id of the stated origin (behind a proxy), None if none or not recognised.
        origin_disclosed: the proxy's operator disclosed that origin, as the hotline says.
        self_report: the hoster reported it itself.
        sealed: the URL as reported, sealed; probes use it.
        literal: the host is an address, so no name has to be resolved.
        root: the URL is its host's root, so that equality with that control proves nothing.
        norms_s: the norms to judge in the hotline's jurisdiction, seconds, ascending.
        sector_norm_s: the shortest of them. Records of older releases have terms of orders before
            it; no case is judged by these.
        source_online: what an authoritative source says of the state; None = no such source.
        last_online_at: when that source last saw it online; None = it never did.
        category: what the hotline found it to be; None = not said.
        site_type: the kind of site; None = not said.
        relayed_from: the hotline it was first reported to; `unknown` = one that the registry does
            not know; None = the reporting hotline itself.
        assesses: the hotline's analysts saw what they report; not so of what another hotline
            relayed.
        host: 32 bits of a keyed hash of the URL's host, so that figures can tell which cases are
            one incident; 0 = a record of a release that did not say.
        probing: the URL may be resolved and probed because of this report.
    """

    reported_at: Instant
    seen_at: Instant | None = None
    origin: HosterId | None = None
    origin_disclosed: bool = False
    self_report: bool = False
    sealed: Sealed
    literal: bool = False
    root: bool = False
    norms_s: tuple[int, ...] = (86_400, 172_800)
    sector_norm_s: int = 86_400
    source_online: bool | None = None
    last_online_at: Instant | None = None
    category: Category | None = None
    site_type: SiteType | None = None
    relayed_from: HotlineId | None = None
    assesses: bool = True
    host: Annotated[int, Meta(ge=0, lt=4_294_967_296)] = 0
    probing: bool = True


class NoticeAccepted(Entry, frozen=True, kw_only=True, tag="notice"):
    """An accepted notice.

    Attributes:
        recipient: hoster id, or `unknown` when the registry knows nobody of that name.
        group: its owner; a notice to one hoster of an owner tells the others.
        noticed_at: the delivery proof's time, else received_at.
        backdated: noticed_at is before received_at by more than the hotline's feed delay.
        reference: keyed hash of the order's reference.
        term_s: the order's term; None for a notice.
        proof_kind: what shows the delivery; None = not said.
        proof_digest: keyed hash of the digest of that proof.
        message_id, envelope_id: keyed hashes of the ids that its mail went out with.
        norms_s: the norms to judge in the hotline's jurisdiction, seconds, ascending; empty = those
            of the URL's earliest report, in records of older releases.
        feed_delay_s: the hotline's feed delay in the registry at that time.
        stage: of an order, as its authority states it; None = it states none.
    """

    recipient: HosterId
    group: HosterId = "unknown"
    noticed_at: Instant
    result: Delivery
    basis: Basis
    reference: Annotated[str, Meta(max_length=128)] | None = None
    term_s: int | None = None
    backdated: bool = False
    proof_kind: ProofKind | None = None
    proof_digest: KeyedId | None = None
    message_id: KeyedId | None = None
    envelope_id: KeyedId | None = None
    norms_s: tuple[int, ...] = ()
    feed_delay_s: int = 3_600
    stage: OrderStage | None = None


class WithdrawalAccepted(Entry, frozen=True, kw_only=True, tag="withdrawal"):
    """An accepted withdrawal."""

    withdrawn_at: Instant


class CheckAccepted(Entry, frozen=True, kw_only=True, tag="check"):
    """An accepted check.

    Attributes:
        authoritative: the source's word sets L or R alone (an external source in a replay).
        checker: keyed pseudonym of the person.
        feed_delay_s: the hotline's feed delay in the registry at that time; a check that is dated
            back by more sets nothing.
    """

    checked_at: Instant
    result: CheckResult
    authoritative: bool = False
    checker: str | None = None
    feed_delay_s: int = 3_600


class AnswerAccepted(Entry, frozen=True, kw_only=True, tag="answer"):
    """An accepted answer of a hoster: a hotline passed it on, or it was given on its own page.

    Attributes:
        answered_at: when the hoster said so.
        recipient: who said so.
        answer: from the closed list.
    """

    answered_at: Instant
    recipient: HosterId
    answer: AnswerKind


ReportsEntry: TypeAlias = (
    ReportAccepted | NoticeAccepted | WithdrawalAccepted | CheckAccepted | AnswerAccepted
)
