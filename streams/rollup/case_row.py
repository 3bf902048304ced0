"""A case in little room: what figures ask for and nothing else.

A rollup holds one for every case of the ledger, so each field left out counts. Names and meanings
are those of `schemas.records.case.CaseSummary`. Figures are read off rows alone; what holds
summaries makes rows of them with `streams.rollup.row_interning.rows`.
"""

from msgspec import Struct

from schemas.closed_lists import ClockStanding, Flag, NormVerdict
from schemas.moments import Instant
from schemas.packing import HotClock, order_verdict
from schemas.records.case import Phase, Rechecks, Return, Sampling
from schemas.records.case_observations import NormProbes
from schemas.records.reports import HotlineId


class CaseReturns(Struct, frozen=True, array_like=True, gc=False):
    """What only a case has whose end a return followed."""

    first_end: tuple[Instant, Instant] | None
    again_noticed_at: Instant | None
    again_verdicts: tuple[NormVerdict, ...]
    untold_returns: int


class CaseRow(Struct, frozen=True, kw_only=True, gc=False):
    """The part of a `CaseSummary` that figures are read off.

    Attributes:
        clocked: what only a case with a clock has; None = none runs.
        came_back: what only a case has that came back; None = it never did.
    """

    reported_at: Instant
    noticed_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    norms_s: tuple[int, ...]
    last_seen_at: Instant | None
    gone_at: Instant | None
    returns: tuple[Return, ...]
    phases: tuple[Phase, ...]
    verdicts: tuple[NormVerdict, ...]
    flags: tuple[Flag, ...]
    naming: bool
    sampling: Sampling
    norm_probes: NormProbes
    rechecks: Rechecks
    delay: tuple[HotlineId, int] | None
    host: int
    clocked: HotClock | None
    reported_last_at: Instant | None
    back_last_at: Instant | None
    came_back: CaseReturns | None

    @property
    def first_end(self) -> tuple[Instant, Instant] | None:
        """(L, R] of the first end after the clock began, if a removal that a sighting followed."""
        return None if self.came_back is None else self.came_back.first_end

    @property
    def again_noticed_at(self) -> Instant | None:
        """From when the second verdict runs; None = none does."""
        return None if self.came_back is None else self.came_back.again_noticed_at

    @property
    def again_verdicts(self) -> tuple[NormVerdict, ...]:
        """The second verdicts, one per norm."""
        return () if self.came_back is None else self.came_back.again_verdicts

    @property
    def untold_returns(self) -> int:
        """How many returns followed an end that came before any notice to the hoster."""
        return 0 if self.came_back is None else self.came_back.untold_returns

    @property
    def clock(self) -> ClockStanding | None:
        """The standing of its clock; None = none runs."""
        return None if self.clocked is None else self.clocked.clock

    @property
    def overdue(self) -> bool:
        """The verdict now running is late for a norm."""
        return self.clocked is not None and self.clocked.overdue

    @property
    def late_at(self) -> Instant | None:
        """When the first norm ran out that it is late for."""
        return None if self.clocked is None else self.clocked.late_at

    @property
    def moved_at(self) -> Instant | None:
        """When the first spell after the clock began ended `moved`."""
        return None if self.clocked is None else self.clocked.moved_at

    @property
    def order_verdict(self) -> NormVerdict | None:
        """The worst verdict of its orders; None = it has none."""
        return None if self.clocked is None else order_verdict(self.clocked)

    @property
    def order_due_at(self) -> Instant | None:
        """When the last of their terms runs out."""
        return None if self.clocked is None else self.clocked.order_due_at
