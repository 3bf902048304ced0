"""The parts of a packed state as they stand there: what probes move and figures need."""

from msgspec import Struct

from schemas.closed_lists import ClockStanding, Flag, Role
from schemas.moments import Instant
from schemas.packing.norm_bits import norm_bits, norm_probes_of
from schemas.packing.tracks import HotTracks
from schemas.records.case import (
    Expectation,
    Phase,
    Rechecks,
    Return,
    Sampling,
)
from schemas.records.case_observations import Fingerprint, NormProbes


class HotClock(Struct, frozen=True, array_like=True, gc=False):
    """What of a `CaseSummary` only a case with a clock has; `order_verdict` by its first letter.

    Attributes:
        late_in_public: true or false in states that were not yet judged by each term.
    """

    clock: ClockStanding
    order_verdict: str = ""
    order_due_at: Instant | None = None
    late_at: Instant | None = None
    overdue: bool = False
    late_in_public: tuple[int, ...] | bool = ()
    moved_at: Instant | None = None


class HotCase(Struct, array_like=True, gc=False):
    """What of a `CaseSummary` probes move and figures need; `verdicts` by their first letters.

    Attributes:
        brackets: what `norm_probes` says, packed.
        sampling: None = every case of the hoster is in the sample.
        rechecks: None = there was none.
        clocked: what only a case with a clock has; None = none runs, true = a delivered notice
            does, and all else is as usual.
        windows: reported_last_at and back_last_at; None = (reported_at, null).
    """

    hoster: str
    role: Role
    reported_at: Instant
    noticed_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    norms_s: tuple[int, ...]
    first_seen_at: Instant | None
    last_seen_at: Instant | None
    gone_at: Instant | None
    phases: tuple[Phase, ...]
    verdicts: str
    flags: tuple[Flag, ...]
    naming: bool
    first_end: tuple[Instant, Instant] | None
    returns: tuple[Return, ...]
    unnoticed: tuple[Phase, ...]
    again_noticed_at: Instant | None
    again_verdicts: str
    answered: tuple[Instant, ...]
    brackets: int = 0
    sampling: Sampling | None = None
    rechecks: Rechecks | None = None
    delay: tuple[str, int] | None = None
    clocked: HotClock | bool | None = None
    windows: tuple[Instant | None, Instant | None] | None = None
    untold_returns: int = 0
    host: int = 0

    @property
    def norm_probes(self) -> NormProbes:
        """What probes around its norms came to."""
        return norm_probes_of(self.brackets)

    def note(self, probes: NormProbes) -> None:
        """Note more probes around its norms."""
        self.brackets |= norm_bits(probes)


class HotCases(Struct, array_like=True, gc=False):
    """The head of a hot part: the number of reports, and the cases."""

    reports: int
    cases: tuple[HotCase, ...]


class CaseName(Struct, frozen=True, array_like=True, gc=False):
    """The beginning of a `ColdCase`: what a case is called, and its owner."""

    case_id: str
    group: str


class Hot(Struct, array_like=True):
    """The hot part; `streams.lifecycle.events.fast_path` changes it in place."""

    reports: int
    cases: tuple[HotCase, ...]
    newest_at: Instant
    evaluated_by: str
    expectations: tuple[Expectation, ...]
    fingerprints: tuple[Fingerprint, ...]
    tracks: HotTracks


class ColdCase(Struct, array_like=True, gc=False):
    """What of a `CaseSummary` neither observations move nor figures need.

    Attributes:
        unused: null; records of older releases have another instant of the clock here.
    """

    case_id: str
    group: str
    country: str
    asn: int
    asn_country: str
    opened_at: Instant
    received_at: Instant
    unused: Instant | None
    settled_at: Instant | None
    hotlines: tuple[str, ...]
    checked: tuple[Instant, ...] = ()
    told_again: tuple[Instant, ...] = ()
    order_terms: tuple[tuple[Instant, int], ...] = ()
    unsettled: tuple[tuple[Instant, Instant], ...] = ()
    served: tuple[str, str] | None = None
