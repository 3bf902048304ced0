"""The file of a dossier: a hoster's cases, and the proof that the ledger has what they say."""

from typing import Annotated

from msgspec import Meta, Struct, field

from schemas.closed_lists import CaseClass, ClockStanding, Flag, Grade, NormVerdict, Role
from schemas.dossier.rows import (
    AnswerRow,
    AttributionRow,
    CheckRow,
    DecisionRow,
    NoticeRow,
    ObservationRow,
    ReportRow,
    WithdrawalRow,
)
from schemas.moments import Instant
from schemas.records.custody import LedgerRoot, ReasonText, Sha256Hex
from schemas.records.reports import HosterId, UrlKey, VantageId
from schemas.signing import PersonId, PublicKey


class NormRow(Struct, frozen=True, kw_only=True, gc=False):
    """A verdict: of a norm in seconds, or of the orders' own terms where that is None."""

    norm_s: int | None
    verdict: NormVerdict


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """What changed, when it was known, and the rule of docs/measurement.md that decided it."""

    at: Instant
    case: str
    what: str
    rule: str


class Point(Struct, frozen=True, kw_only=True, gc=False):
    """Something that speaks for the hoster: which, and how often or what more there is to it."""

    what: str
    more: str = ""


class DossierCase(Struct, frozen=True, kw_only=True):
    """A case with all that the ledger has of it.

    Attributes:
        opened: the URL in clear, where a person had it opened.
        last_seen_at, gone_at: L and R, with what they rest on.
        judged: (L, R] that the norm verdicts are about, where a return followed.
        vantages_seen_late: the announced vantages, then the unannounced ones, with backed sightings
            past the shortest norm.
        supports_a_fine: it is publicly late, by a delivered notice, and is neither disputed nor
            excluded nor withdrawn.
        disputed_since: since when a dispute is open; None = none is.
        speaks_for_the_hoster: what does, in this case.
    """

    case_id: str
    url_key: UrlKey
    opened: str = ""
    hoster: HosterId
    owner: HosterId
    role: Role
    case_class: CaseClass
    opened_at: Instant
    reported_at: Instant
    noticed_at: Instant | None
    clock: ClockStanding | None
    last_seen_at: Instant | None
    last_seen_by: Grade | None
    gone_at: Instant | None
    gone_by: Grade | None
    judged: tuple[Instant, Instant] | None
    norms: tuple[NormRow, ...]
    again: tuple[NormRow, ...]
    public_late: bool
    naming: bool
    flags: tuple[Flag, ...]
    reappearances: int
    vantages_seen_late: tuple[tuple[VantageId, ...], tuple[VantageId, ...]] = field(
        name="late_from"
    )
    supports_a_fine: bool
    disputed_since: Instant | None
    hotline_delay_ms: int | None
    speaks_for_the_hoster: tuple[Point, ...]
    reports: tuple[ReportRow, ...]
    notices: tuple[NoticeRow, ...]
    withdrawals: tuple[WithdrawalRow, ...]
    checks: tuple[CheckRow, ...]
    answers: tuple[AnswerRow, ...]
    decisions: tuple[DecisionRow, ...]
    attributions: tuple[AttributionRow, ...]
    observations: tuple[ObservationRow, ...]
    steps: tuple[Step, ...]


class VantageRow(Struct, frozen=True, kw_only=True, gc=False):
    """How a vantage did in the dossier's observations.

    Attributes:
        canary_failed: observations made while its canary did not answer as expected.
        outages: from when until when these were.
        clock_errors: observations that count for nothing, because its clock was wrong.
        appended_after_ms: least and greatest time between an answer and the broker's append. Where
            the least is below 0, the vantage's clock was ahead of the broker's by that.
    """

    vantage: VantageId
    announced: bool
    asns: tuple[int, ...]
    observations: int
    canary_failed: int
    outages: tuple[tuple[Instant, Instant], ...]
    clock_errors: int
    appended_after_ms: tuple[int, int]


class QuotedRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A record as it stands in the ledger, and the proof that it stood there in its hour.

    Attributes:
        index: of its leaf in the tree of the hour.
        path: the inclusion proof, nearest to the leaf first.
    """

    topic: str
    partition: int
    offset: int
    at: Instant
    key: str
    value: str
    hour_at: Instant
    index: int
    path: tuple[Sha256Hex, ...]


class QuotedHour(Struct, frozen=True, kw_only=True, gc=False):
    """A signed root, and the proofs that the newest root has it.

    Attributes:
        path: that the hour is a leaf of the newest log of hours.
        consistency: that this log begins with all that the root's own log had.
    """

    root: LedgerRoot
    path: tuple[Sha256Hex, ...]
    consistency: tuple[Sha256Hex, ...]


class Stamp(Struct, frozen=True, kw_only=True, gc=False):
    """A timestamp of a root by an authority (RFC 3161).

    Attributes:
        hour_at: of the root.
        response: what the authority answered, base64.
    """

    hour_at: Instant
    response: str


class Dossier(Struct, frozen=True, kw_only=True, tag_field="format", tag="hostwatch dossier 1"):
    """A dossier.

    Attributes:
        from_at, to_at: cases noticed in this period; of those without a clock, reported in it.
        as_of: the end of the newest hour with a root; nothing that came later is in it.
        made_at: when it was made.
        natural_person: why it was made all the same, if the hoster is a natural person.
        notes: what has to be said with it.
        head: the newest root.
        person: who made it; the key is that of this person's entry in `registry.v1`, which is
            among the records.
        signature: Ed25519 over `hostwatch dossier 1`, a zero byte and the SHA-256 of the file with
            an empty signature.
    """

    hoster: HosterId
    name: str
    from_at: Instant
    to_at: Instant
    as_of: Instant
    made_at: Instant
    method: str
    code: str
    natural_person: ReasonText | None
    notes: tuple[str, ...]
    speaks_for_the_hoster: tuple[Point, ...]
    cases: tuple[DossierCase, ...]
    vantages: tuple[VantageRow, ...]
    records: tuple[QuotedRecord, ...]
    hours: tuple[QuotedHour, ...]
    head: LedgerRoot
    stamps: tuple[Stamp, ...]
    person: PersonId
    public_key: PublicKey
    signature: Annotated[str, Meta(pattern="^([0-9a-f]{128})?$")]
