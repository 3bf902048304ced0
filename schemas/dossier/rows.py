"""Rows of a dossier: what hotlines, probes and persons stated of a URL.

Rows name the record they were made from by its place, `topic/partition/offset`. A field of a row
that has the name of a field of that record has its value, or its default where the record leaves it
out. So a reader can hold the one against the other; docs/verify_dossier.py does.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from schemas.authority_orders import OrderStage
from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    Confidence,
    DecisionAction,
    Delivery,
    HotlineMode,
    ProbeError,
    ProofKind,
    Role,
    SiteType,
    Target,
    Verdict,
)
from schemas.moments import Instant
from schemas.records.reports import HosterId, HotlineId, VantageId
from schemas.signing import PersonId

PositionText: TypeAlias = Annotated[str, Meta(pattern=r"^[a-z]+\.v1/[0-9]+/[0-9]+$(?!\n)")]
"""Where a record stands: topic, partition, offset."""


class RecordRow(Struct, frozen=True, kw_only=True, gc=False):
    """What all rows share: the record, and when the broker took it."""

    record: PositionText
    appended_at: Instant


class ReportRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """A report of a hotline."""

    hotline: HotlineId
    reported_at: Instant
    received_at: Instant
    seen_at: Instant | None
    self_report: bool
    category: Category | None
    site_type: SiteType | None
    mode: HotlineMode


class NoticeRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """A notice or an order. The digest of the proof and the reference are keyed hashes."""

    hotline: HotlineId
    recipient: HosterId
    noticed_at: Instant
    received_at: Instant
    basis: Basis
    result: Delivery
    reference: str | None
    term_s: int | None
    proof_kind: ProofKind | None
    proof_digest: str | None
    backdated: bool
    stage: OrderStage | None
    norms_s: tuple[int, ...]


class WithdrawalRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """A hotline took its report back."""

    hotline: HotlineId
    withdrawn_at: Instant


class CheckRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """A person at a hotline opened the URL."""

    hotline: HotlineId
    checked_at: Instant
    result: CheckResult
    authoritative: bool


class AnswerRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """What the hoster said of a notice."""

    hotline: HotlineId
    recipient: HosterId
    answered_at: Instant
    answer: AnswerKind


class DecisionRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """What two persons decided.

    Attributes:
        in_force: it was not revoked.
        signers: who signed.
    """

    id: str
    case_id: str
    decided_at: Instant
    action: DecisionAction
    hoster: HosterId | None
    revokes: str | None
    reason: str
    in_force: bool
    signers: tuple[PersonId, ...]


class PlaceRow(Struct, frozen=True, kw_only=True, gc=False):
    """A hoster that an attribution named, and the evidence for it; the address as a keyed hash.

    Attributes:
        opened: the address in clear, where a person had it opened; empty = it was not.
    """

    hoster: HosterId
    group: HosterId
    role: Role
    country: str
    asn: int
    organisation: str = ""
    asn_country: str
    registered_country: str = "??"
    confidence: Confidence
    contested: bool
    address_key: str
    behind: bool
    disclosed: bool
    opened: str = ""


class AttributionRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """Where the URL was; fields as in `schemas.records.facts.Attribution`.

    Attributes:
        opened: all addresses in clear with the lengths of their prefixes, where a person had them
            opened; empty = they were not.
    """

    vantage: VantageId
    at: Instant
    answered: bool
    nxdomain: bool
    registry_version: int
    dataset: str
    dataset_digests: tuple[str, ...] = ()
    addresses_key: str = ""
    places: tuple[PlaceRow, ...]
    opened: str = ""


class ObservationRow(RecordRow, frozen=True, kw_only=True, gc=False):
    """What a probe saw, and what follows from it.

    Attributes:
        verdict: None = it was of a control, or of another hosting spell.
        rule: of docs/verdicts.md, by its reason; empty without a verdict.
        backed: a control of its vantage near it got another answer. It can make a case late only if
            it is like the sightings before the notice too (rule 3.3).
    """

    vantage: VantageId
    announced: bool
    asn: int
    hoster: HosterId
    role: Role
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    canary_ok: bool
    old_address: bool
    status: int
    error: ProbeError | None
    verdict: Verdict | None
    rule: str
    backed: bool
