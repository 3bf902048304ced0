"""What both sides say, in one form, so that it can be laid side by side."""

from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import CaseClass, Grade, NormVerdict, Role
from schemas.moments import DAY_MS, HOUR_MS, Instant

WIDTHS_MS: Final = {"1h": HOUR_MS, "24h": DAY_MS, "7d": 7 * DAY_MS, "28d": 28 * DAY_MS}
HAPPENINGS: Final = ("reported", "noticed", "removed", "reappeared", "late")

Group = tuple[str, str]
"""A hoster in a role; of replayed reports a network or a country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case at one instant; fields as in `schemas.records.case.CaseSummary`.

    Attributes:
        case_class, since_at: the class at the instant, and from when on it has been in it; None
            before it exists.
        first_end: (L, R) of the first removal that stood.
        returns: (L, R, back).
        missed: slots beside a norm that are over by the instant and in which nobody probed on time.
        unmeasurable: it was unavailable for a day, or blocked or silent around its norm.
        unbacked: it was sighted after the norm that makes it overdue, and nothing backs that.
        clock: the standing of its clock; empty = it has none.
        order_verdict: the worst of its standing orders; None = it has none.
        order_due_at: when the last of their terms runs out.
        late_in_public: the terms that it is publicly late for; 0 = an order's.
        overdue, overdue_unseen: at the instant.
        late_at: when the window counts it late; None = it does not.
        matures: a norm's share counts it once that norm has run out.
        host: of a case with a clock, what stands for its URL's host; 0 = nothing does.
        seen_by, gone_by: what L and R rest on; None = there is none.
        reports_at: when it was reported; no part of what is compared.
        probed: the hoster that probes are made for, as resolutions name it; no part of it either.

    Of method 9 alone: naming_at, norm_from_at, norm_s, unbacked. Of method 10 alone: clock,
    order_verdict, order_due_at, late_in_public, matures, host, seen_by, gone_by, reports_at and
    probed.
    """

    case_id: str
    hoster: str
    group: str
    role: Role
    case_class: CaseClass | None
    since_at: Instant
    opened_at: Instant
    reported_at: Instant
    noticed_at: Instant | None
    norms_s: tuple[int, ...]
    verdicts: tuple[NormVerdict, ...]
    first_seen_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    settled_at: Instant | None
    first_end: tuple[Instant, Instant] | None
    returns: tuple[tuple[Instant, Instant, Instant], ...]
    again_noticed_at: Instant | None
    again_verdicts: tuple[NormVerdict, ...]
    flags: tuple[str, ...]
    naming: bool
    inclusion: float
    sampled: bool
    missed: int
    unmeasurable: bool
    rechecked: int
    disagreed: int
    delay: tuple[str, int] | None
    naming_at: Instant | None = None
    norm_from_at: Instant | None = None
    norm_s: int = 0
    unbacked: bool = False
    clock: str = ""
    order_verdict: NormVerdict | None = None
    order_due_at: Instant | None = None
    late_in_public: tuple[int, ...] = ()
    overdue: bool = False
    overdue_unseen: bool = False
    late_at: Instant | None = None
    matures: bool = False
    host: int = 0
    seen_by: Grade | None = None
    gone_by: Grade | None = None
    reports_at: tuple[Instant, ...] = field(default=(), compare=False)
    probed: str = field(default="", compare=False)

    @property
    def public_late(self) -> bool:
        """It is publicly late, for whatever term."""
        return bool(self.late_in_public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A hoster in a role of whose cases only a sample is promised probes on time.

    Attributes:
        inclusion: the mean inclusion probability of its cases.
        sampled, cases: those in the sample, and all.
    """

    hoster: str
    role: Role
    inclusion: float
    sampled: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalEstimate:
    """A removal-time estimate; times in ms, None = not reached.

    Attributes:
        has_interval: there are enough incidents for an interval of the median; method 9 has none.
        p50_low_ms, p50_high_ms: that interval, 95 %.
    """

    n: int
    ended: int
    p50_ms: int | None
    p90_ms: int | None
    has_interval: bool = False
    p50_low_ms: int | None = None
    p50_high_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is said of one hoster in one role.

    Attributes:
        counts: whole numbers by name; what is 0 may be missing.
        removals: estimates by what unavailable is taken for: of all cases, and, behind the number
            of days, of those noticed within 28 and 90 days.
        shares: bounds of the share within a norm, by the norm's seconds.
        inclusion: the mean inclusion probability of the cases.
    """

    counts: dict[str, int]
    removals: dict[str, RemovalEstimate]
    shares: dict[str, tuple[float, float]] = field(default_factory=dict)
    inclusion: float = 1.0
