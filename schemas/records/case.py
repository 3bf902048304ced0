"""`cases.v1`: per URL the set of its events, packed, and the summaries of all its cases.

The topic is the table of lifecycle and its changelog in one. State holds facts and deadlines,
never a class. A summary's `phases` say which class the case is in from which instant on, if
nothing new arrives. So a reader finds the class at any `as_of` without the events.
"""

from typing import Annotated, Final

from msgspec import Meta, Struct, field

from schemas.closed_lists import (
    CaseClass,
    ClockStanding,
    Expected,
    Flag,
    NormVerdict,
    Role,
)
from schemas.moments import Instant
from schemas.records.case_events import (
    PackedAnswer,
    PackedAttribution,
    PackedCheck,
    PackedDecision,
    PackedNotice,
    PackedPlacement,
    PackedReport,
    PackedWithdrawal,
)
from schemas.records.case_observations import NOTHING as NO_NORM_PROBES
from schemas.records.case_observations import Fingerprint, NormProbes, Track
from schemas.records.reports import HosterId, HotlineId, Sealed, UrlKey


class Phase(Struct, frozen=True, array_like=True, gc=False):
    """From this instant on the case is in this class, if nothing new arrives."""

    from_at: Instant
    case_class: CaseClass


class Return(Struct, frozen=True, array_like=True, gc=False):
    """A reappearance: the end (L, R] that it followed, and when it was seen again.

    Attributes:
        moved: that end was a move and no removal.
    """

    last_seen_at: Instant
    gone_at: Instant
    back_at: Instant
    moved: bool = False


class Sampling(Struct, frozen=True, array_like=True, gc=False):
    """Whether a case is in its hoster's sample, as it held when the case was first placed there.

    A later entry of the registry changes nothing.

    Attributes:
        inclusion: the share of the hoster's cases that are promised probes on time.
        sampled: this one is. Figures that rest on probes on time weigh it 1 / inclusion, and 0 if
            it is not.
    """

    inclusion: float = 1.0
    sampled: bool = True


class Rechecks(Struct, frozen=True, array_like=True, gc=False):
    """What hidden re-checks of a removed case came to.

    Attributes:
        rechecked: conclusive observations of them after the removal.
        disagreed: those of them that saw it online.
    """

    rechecked: int = 0
    disagreed: int = 0


ALL_SAMPLED: Final = Sampling()
NEVER_RECHECKED: Final = Rechecks()

CALLS_MAX: Final = 16
"""How many statements of a kind that bring a probe are kept: the slots of older ones are over."""


class CaseSummary(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the figures need to know of one case.

    Attributes:
        case_id: derived from (url_key, group, role, ordinal).
        opened_at: when it was first placed at this hoster; of the first attribution, when the first
            report was received.
        reported_at, received_at: of the earliest reports of its URL.
        noticed_at: when its clock began, for every figure; None = none runs.
        clock: the standing of that clock; None = none runs.
        norm_from_at, norm_s: of the verdict now running the norm that runs out first, an order's
            term with the others: from when it runs, and how long. None = no verdict is running.
        norms_s: the norms to judge, of the jurisdiction of the hotline whose notice is the clock.
        first_seen_at, last_seen_at: first and last sighting; the last is L.
        gone_at: R of the end that stands, None while open.
        confirmed_at: when the end was confirmed.
        first_end: (L, R] of the first end after the clock began that a sighting followed and that
            stands, if it was a removal.
        returns: reappearances.
        untold_returns: how many returns followed an end that came before any notice to the hoster.
        phases: classes from which instant on.
        unnoticed: what the observations said while it was `awaiting`; the timetable follows it.
        verdicts: one per norm, in order of `norms_s`, on the first (L, R] after the clock began.
        order_verdict: the worst of its orders that count, each by its own term from its own time;
            None = it has none.
        order_due_at: when the last of their terms runs out.
        late_at: when the first norm ran out that it is late for, an order's term with the others.
        overdue: the verdict now running is late for a norm; while open it is overdue.
        late_in_public: terms, seconds, that it is publicly late for; 0 = an order's.
        moved_at: when the first availability spell after the clock began ended `moved`; None = it
            did not.
        reported_last_at: the newest report, taken back or not, in the newest case of a URL at a
            hoster in a role; None in the others. So windows count a URL once.
        back_last_at: the newest return, likewise in one case alone.
        flags: what must be said beside it.
        naming: it may count for naming, be publicly late, and count for norm alerts.
        hotlines: who reported it.
        again_noticed_at: from when the second verdict runs; None = none does.
        again_verdicts: one per norm from then on, for what followed the return.
        answered: when its hoster answered a notice; a probe is due then, an answer closes nothing.
        checked: when persons' checks came; each brings a probe at once, whatever the class. At most
            the newest `CALLS_MAX`, as of the two that follow.
        told_again: when reports and notices came after an end and in time to be this case's.
        order_terms: the orders that count: from when each runs, and its own term in seconds.
        sampling: whether it is in its hoster's sample.
        norm_probes: what probes around its norms came to.
        rechecks: what hidden re-checks came to.
        resolutions_repeated: from when until when resolutions left open where the URL is, so that
            they are repeated every 10 min.
        host: of a case with a clock, what stands for its URL's host (`ReportAccepted.host`); 0 =
            none runs, or not said.
        served: hoster and owner as resolutions name them, where a decision gave the case to others;
            it is probed there.
        delay: the hotline whose notice started the clock, and the milliseconds it took from its own
            report; None = no notice did, or that hotline did not report it.
    """

    case_id: str
    hoster: HosterId
    group: HosterId
    role: Role = Role.HOSTING
    country: str = "??"
    asn: int = 0
    asn_country: str = "??"
    opened_at: Instant
    reported_at: Instant
    received_at: Instant
    noticed_at: Instant | None = None
    clock: ClockStanding | None = None
    norm_from_at: Instant | None = None
    norm_s: int = 86_400
    norms_s: tuple[int, ...] = ()
    first_seen_at: Instant | None = None
    last_seen_at: Instant | None = None
    gone_at: Instant | None = None
    confirmed_at: Instant | None = field(default=None, name="settled_at")
    first_end: tuple[Instant, Instant] | None = None
    returns: tuple[Return, ...] = ()
    untold_returns: int = 0
    phases: tuple[Phase, ...]
    unnoticed: tuple[Phase, ...] = ()
    verdicts: tuple[NormVerdict, ...] = ()
    order_verdict: NormVerdict | None = None
    order_due_at: Instant | None = None
    late_at: Instant | None = None
    overdue: bool = False
    late_in_public: tuple[int, ...] = ()
    moved_at: Instant | None = None
    reported_last_at: Instant | None = None
    back_last_at: Instant | None = None
    flags: tuple[Flag, ...] = ()
    naming: bool = True
    hotlines: tuple[HotlineId, ...] = ()
    again_noticed_at: Instant | None = None
    again_verdicts: tuple[NormVerdict, ...] = ()
    answered: tuple[Instant, ...] = ()
    checked: tuple[Instant, ...] = ()
    told_again: tuple[Instant, ...] = ()
    order_terms: tuple[tuple[Instant, int], ...] = ()
    sampling: Sampling = ALL_SAMPLED
    norm_probes: NormProbes = NO_NORM_PROBES
    rechecks: Rechecks = NEVER_RECHECKED
    delay: tuple[HotlineId, int] | None = None
    resolutions_repeated: tuple[tuple[Instant, Instant], ...] = field(default=(), name="unsettled")
    host: int = 0
    served: tuple[HosterId, HosterId] | None = None

    @property
    def public_late(self) -> bool:
        """It is publicly late, for whatever term."""
        return bool(self.late_in_public)

    @property
    def probed_at(self) -> tuple[HosterId, HosterId]:
        """Hoster and owner that probes are made for: as resolutions name them."""
        return self.served or (self.hoster, self.group)


class Expectation(Struct, frozen=True, array_like=True, gc=False):
    """What probes for a case's hoster and role can change no more, while they stay as they are.

    Derived from the events like a case, and there for lifecycle alone: an observation that a
    case expects is added without judging all of them again (`streams.lifecycle.events.fast_path`).

    Attributes:
        case: index of the case, the only one that these observations speak of.
        expected: `seen`: sightings move L and nothing else; `barred`: blocked and unreachable
            observations change nothing; `doubted`: gone observations change nothing, there being
            too few yet; `ended`: whatever is no sighting changes nothing.
        until: L, a silent observation, or in doubt any observation, beyond this instant is judged
            anew; None = no such instant.
    """

    case: int
    expected: Expected
    until: Instant | None


class UrlState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The set of a URL's events, packed and sorted, and its cases.

    Attributes:
        sealed: the URL of the newest report, sealed: keys of older months may be destroyed.
        sealed_at: when that report was received; 0 = it is the newest of `reports`. It is another
            one where a record's id came again, since `reports` keeps the earliest of an id.
        literal: its host is an address.
        root: it is its host's root.
        reports: identity (hotline, record id); a URL known only from notices has none, no case.
        newest_at: a probe answered after this instant is the newest evidence, and more than 1 h
            after every check.
        evaluated_by: versions of method and verdict rules that the cases were evaluated by; with
            others all observations are evaluated again.
        expectations: which observations are expected.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    url_key: UrlKey
    sealed: Sealed = ""
    sealed_at: Instant = 0
    literal: bool = False
    root: bool = False
    reports: tuple[PackedReport, ...] = ()
    notices: tuple[PackedNotice, ...] = ()
    withdrawals: tuple[PackedWithdrawal, ...] = ()
    checks: tuple[PackedCheck, ...] = ()
    answers: tuple[PackedAnswer, ...] = ()
    placements: tuple[PackedPlacement, ...] = ()
    attributions: tuple[PackedAttribution, ...] = ()
    fingerprints: tuple[Fingerprint, ...] = ()
    tracks: tuple[Track, ...] = ()
    decisions: tuple[PackedDecision, ...] = ()
    cases: tuple[CaseSummary, ...] = ()
    newest_at: Instant = 0
    evaluated_by: str = field(default="", name="rules")
    expectations: tuple[Expectation, ...] = field(default=(), name="steady")


POSITION_KEY: Final = b"position/"
"""What the key of a position in `cases.v1` begins with; the partition follows."""


def position_key(partition: int) -> bytes:
    """Return the key under which a partition's position stands in `cases.v1`."""
    return POSITION_KEY + b"%d" % partition


class Position(Struct, frozen=True, kw_only=True):
    """Ledger position of one lifecycle partition, written to `cases.v1` once a second.

    Its Kafka key is `position/<partition>`, so compaction keeps the newest of each.

    Attributes:
        partition: the lifecycle partition.
        offsets: next offset to read of each ledger topic, by topic name without prefix.
        as_of: the instant up to which the table is the fold of those offsets.
        code: code version.
        method: method version.
        skips: offset in `skips.v1` up to which skips are applied to the table.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    partition: int
    offsets: dict[str, int]
    as_of: Instant
    code: str
    method: str
    skips: Annotated[int, Meta(ge=0)] = 0
