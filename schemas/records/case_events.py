"""What a state in `cases.v1` keeps of what was said of a URL, and of where it was: packed."""

from msgspec import Struct

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    Confidence,
    DecisionAction,
    Delivery,
    HotlineMode,
    Role,
    SiteType,
)
from schemas.moments import Instant
from schemas.records.reports import HosterId, HotlineId, Sealed, VantageId


class PackedReport(Struct, frozen=True, array_like=True, order=True):
    """A report: what `ReportAccepted` says, without what the URL's state says once.

    Attributes:
        category, site_type: for reports to the public; None also in states of older releases.
    """

    received_at: Instant
    hotline: HotlineId
    record_id: str
    reported_at: Instant
    seen_at: Instant | None
    origin: HosterId | None
    self_report: bool
    mode: HotlineMode
    norms_s: tuple[int, ...]
    sector_norm_s: int
    source_online: bool | None
    last_online_at: Instant | None
    assesses: bool = True
    host: int = 0
    probing: bool = True
    category: Category | None = None
    site_type: SiteType | None = None


class PackedNotice(Struct, frozen=True, array_like=True):
    """A notice: the earliest of its identity (`streams.lifecycle.events.event_set`).

    Attributes:
        norms_s: the norms of its hotline's jurisdiction; empty = those of the earliest report.
    """

    noticed_at: Instant
    received_at: Instant
    hotline: HotlineId
    recipient: HosterId
    basis: Basis
    result: Delivery
    reference: str | None
    term_s: int | None
    backdated: bool
    mode: HotlineMode
    group: HosterId = "unknown"
    norms_s: tuple[int, ...] = ()


class PackedWithdrawal(Struct, frozen=True, array_like=True):
    """A withdrawal: it takes back all that its hotline reported up to its time."""

    at: Instant
    hotline: HotlineId


class PackedCheck(Struct, frozen=True, array_like=True):
    """A check.

    Attributes:
        who: keyed pseudonym of the checker; empty = not said.
        authoritative: it is a source's word.
        backdated: it was received more than its hotline's feed delay after `at`.
        received_at: when it came; 0 = when it was made, in states of older releases.
    """

    at: Instant
    hotline: HotlineId
    what: CheckResult
    who: str
    authoritative: bool
    backdated: bool = False
    received_at: Instant = 0


class PackedAnswer(Struct, frozen=True, array_like=True):
    """An answer of a hoster, `who`, about a notice of a hotline."""

    at: Instant
    hotline: HotlineId
    what: AnswerKind
    who: str


class PackedPlacement(Struct, frozen=True, array_like=True):
    """A hoster that an attribution named; fields as in `schemas.records.facts.Placement`."""

    hoster: HosterId
    group: HosterId
    role: Role
    country: str
    asn: int
    asn_country: str
    confidence: Confidence
    contested: bool
    address_key: str
    address: Sealed
    inclusion: float = 1.0
    sampled: bool = True
    formerly: tuple[HosterId, ...] = ()
    behind: bool = False
    disclosed: bool = False


class PackedAttribution(Struct, frozen=True, array_like=True):
    """A resolution by one vantage.

    Attributes:
        at, vantage, answered, nxdomain: as in `schemas.records.facts.Attribution`.
        placement_indexes: indexes of the state's placements.
        more: the resolution named more hosters than these.
    """

    at: Instant
    vantage: VantageId
    answered: bool
    nxdomain: bool
    placement_indexes: tuple[int, ...]
    more: bool = False


class PackedDecision(Struct, frozen=True, array_like=True):
    """A decision.

    Attributes:
        revokes: the id of the decision that a `revoke` takes back.
    """

    decided_at: Instant
    id: str
    case_id: str
    action: DecisionAction
    hoster: HosterId | None
    revokes: str | None = None
    group: HosterId | None = None
