"""What a hotline sends: report, notice, withdrawal, check, answer.

These records arrive in `hotline.<id>.v1`. The topic is the hotline's identity; no field of the
payload is. The Kafka key is the record's `id`, which the hotline chooses and never reuses for
other content. Times are RFC 3339 with a zone. The URL stands here in clear (ACL, 30 days) and
nowhere behind.

Version 2 adds optional fields; a hotline may go on sending version 1. An added field that is not
sent is `UNSET` and not written, so what a record says, and the digest of it, is what it was.
"""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.authority_orders import OrderStage
from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    Delivery,
    ProofKind,
    SiteType,
)

RECORD_BYTES_MAX = 16_384
"""A record is a URL (at most 4 KiB), times and names; four times that is room for extensions."""

URL_BYTES_MAX = 4_096
"""Longest URL taken, in UTF-8; servers refuse request lines above 8 KiB, browsers' bars 2 KiB."""

# a bare `$` would let a last line feed through: in Python it stands in front of one too
RecordId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$(?!\n)")
]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=253)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
MailId: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=256, pattern=r"^[\x21-\x7e]+$(?!\n)")
]
# what decoding refuses is malformed, and a long URL is too large: the rules of intake bound it
Url: TypeAlias = Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": URL_BYTES_MAX})]


class SourceStatus(Struct, frozen=True, kw_only=True, gc=False):
    """What an authoritative source (a replay of URLhaus) says of a URL's state.

    Attributes:
        status: `online`, `offline` or `unknown`.
        last_online: when the source last saw it online; None = it never did.
    """

    status: Annotated[str, Meta(pattern=r"^(online|offline|unknown)$(?!\n)")]
    last_online: Moment | None = None


class Sent(Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """What all records of a hotline share.

    Attributes:
        v: version of the record, 1 or 2.
        id: the hotline's own id of this record; the Kafka key is the same bytes.
        url: the URL, as the hotline has it.
        replays: for a record put back from quarantine, `topic/partition/offset` of the first.
    """

    v: Annotated[int, Meta(ge=1, le=2)]
    id: RecordId
    url: Url
    replays: Annotated[str, Meta(max_length=256)] | None = None


class Report(Sent, frozen=True, kw_only=True, tag="report"):
    """A hotline says: this URL, seen or assessed at this time.

    Attributes:
        reported_at: when the hotline took the report in.
        seen_at: when somebody last saw the material there.
        origin: the hoster that the proxy's operator or another source names as the origin.
        self_report: the hoster itself reported it; kept out of naming.
        source: state according to an authoritative source, for replays.
        row_digest: digest of the source's own row, so that equal ids with other rows conflict.
        category: what the hotline found the material to be.
        site_type: the kind of site it is on.
        relayed_from: id of the hotline that it was first reported to, and that passed it on.
        origin_disclosed: the proxy's operator itself disclosed `origin`.
        probing: False = the URL may not be resolved or probed on the ground of this report.
    """

    reported_at: Moment
    seen_at: Moment | None = None
    origin: Name | None = None
    self_report: bool = False
    source: SourceStatus | None = None
    row_digest: Annotated[str, Meta(max_length=64)] | None = None
    category: Category | UnsetType | None = UNSET
    site_type: SiteType | UnsetType | None = UNSET
    relayed_from: Name | UnsetType | None = UNSET
    origin_disclosed: bool | UnsetType | None = UNSET
    probing: bool | UnsetType | None = UNSET


class Proof(Struct, frozen=True, kw_only=True, gc=False):
    """What shows that a notice was delivered.

    Attributes:
        kind: what kind of proof it is.
        digest: SHA-256 of the proof as the hotline keeps it, 64 hex characters.
    """

    kind: ProofKind
    digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")] | None = None


class Notice(Sent, frozen=True, kw_only=True, tag="notice"):
    """A hotline told this recipient about this URL.

    Attributes:
        recipient: the hoster's id, or a name or contact of the registry.
        sent_at: when it was sent.
        delivered_at: the time of the delivery proof, where there is one.
        result: what is known of the delivery: `delivered` starts a clock, and `sent` one of lower
            standing if the registry has `mode = "sent_only"`.
        channel: how it was sent.
        basis: `notice`, or `order` (an authority's, with reference and term).
        reference: the order's reference.
        term_s: the order's term in seconds.
        proof: what shows the delivery.
        message_id: Message-ID of the mail it was sent by.
        envelope_id: the envelope id (RFC 3461) or queue id it was sent under.
        stage: of an order: an instruction, one under penalty, or a fine.
    """

    recipient: Name
    sent_at: Moment
    delivered_at: Moment | None = None
    result: Delivery
    channel: Annotated[str, Meta(pattern=r"^(email|api|form|letter|phone)$(?!\n)")] = "email"
    basis: Basis = Basis.NOTICE
    reference: Annotated[str, Meta(max_length=128)] | None = None
    term_s: Annotated[int, Meta(ge=60, le=2_592_000)] | None = None
    proof: Proof | UnsetType | None = UNSET
    message_id: MailId | UnsetType | None = UNSET
    envelope_id: MailId | UnsetType | None = UNSET
    stage: OrderStage | UnsetType | None = UNSET


class Withdrawal(Sent, frozen=True, kw_only=True, tag="withdrawal"):
    """A hotline takes its report back.

    Attributes:
        withdrawn_at: when it took it back; all its reports and notices of the URL up to then are
            withdrawn.
    """

    withdrawn_at: Moment


class Check(Sent, frozen=True, kw_only=True, tag="check"):
    """A checker, a person at a hotline, opened the URL.

    Attributes:
        checked_at: when the person opened the URL.
        result: what the person saw.
        checker: a pseudonym of the person, so that a second person can be told from the first.
    """

    checked_at: Moment
    result: CheckResult
    checker: Annotated[str, Meta(max_length=64)] | None = None


class Answer(Sent, frozen=True, kw_only=True, tag="answer"):
    """What the hoster says about a notice. It triggers probes; it never closes a case.

    Attributes:
        answered_at: when it said so.
        recipient: who answered, as in the notice.
        answer: what it said.
    """

    answered_at: Moment
    recipient: Name
    answer: AnswerKind


HotlineRecord: TypeAlias = Report | Notice | Withdrawal | Check | Answer
