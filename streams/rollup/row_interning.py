"""Cases without what figures do not ask for, equal parts being one object."""

from collections.abc import Iterable
from typing import Any, TypeVar

from schemas.closed_lists import NormVerdict
from schemas.moments import Instant
from schemas.packing import HotCase, HotClock, clock_of, clocked_of, verdicts, windows_of
from schemas.records.case import ALL_SAMPLED, NEVER_RECHECKED, CaseSummary, Rechecks, Sampling
from schemas.records.case_observations import LONG_UNAVAILABLE
from streams.norms.measurability import was_long
from streams.rollup.case_row import CaseReturns, CaseRow
from streams.rollup.windows import WIDEST_MS

T = TypeVar("T")


class RowInterner:
    """Makes cases slim; equal tuples of norms, flags and verdicts of all of them are one object."""

    __slots__ = ("_shared",)

    def __init__(self) -> None:
        """Begin with nothing to share."""
        self._shared: dict[object, Any] = {}

    def share(self, value: T) -> T:
        """Return the one object kept for all equal values; only for values that recur."""
        shared: T = self._shared.setdefault(value, value)
        return shared

    def held(self, case: CaseSummary, as_of: Instant) -> CaseRow:
        """Drop what figures do not ask for."""
        return self._slim(
            case,
            as_of,
            verdicts=case.verdicts,
            sampling=case.sampling,
            rechecks=case.rechecks,
            clocked=clocked_of(case),
            windows=(case.reported_last_at, case.back_last_at),
        )

    def held_hot(self, case: HotCase, as_of: Instant) -> CaseRow:
        """Drop what figures do not ask for of the hot part of a case."""
        return self._slim(
            case,
            as_of,
            verdicts=verdicts(case.verdicts),
            sampling=case.sampling or ALL_SAMPLED,
            rechecks=case.rechecks or NEVER_RECHECKED,
            clocked=clock_of(case),
            windows=windows_of(case),
        )

    def _slim(
        self,
        case: CaseSummary | HotCase,
        as_of: Instant,
        *,
        verdicts: tuple[NormVerdict, ...],
        sampling: Sampling,
        rechecks: Rechecks,
        clocked: HotClock | None,
        windows: tuple[Instant | None, Instant | None],
    ) -> CaseRow:
        """Return a case without phases that are over, what recurs being one object."""
        phases, norm_probes = case.phases, case.norm_probes
        if len(phases) > 1 and phases[1].from_at <= as_of:
            over = sum(phase.from_at <= as_of for phase in phases) - 1
            if was_long(phases[:over], phases[over].from_at):
                norm_probes |= LONG_UNAVAILABLE
            phases = phases[over:]
        noticed_at, delay = case.noticed_at, case.delay
        if delay is not None:
            recent = noticed_at is not None and noticed_at > as_of - WIDEST_MS
            delay = (self.share(delay[0]), delay[1]) if recent else None
        reported_at, (last_at, back_at) = case.reported_at, windows
        return CaseRow(
            reported_at=reported_at,
            noticed_at=noticed_at,
            norm_from_at=noticed_at if noticed_at == case.norm_from_at else case.norm_from_at,
            norm_s=self.share(case.norm_s),
            norms_s=self.share(case.norms_s),
            last_seen_at=case.last_seen_at,
            gone_at=case.gone_at,
            returns=case.returns,
            phases=phases,
            verdicts=self.share(verdicts),
            flags=self.share(case.flags),
            naming=case.naming,
            sampling=self.share(sampling),
            norm_probes=self.share(norm_probes),
            rechecks=self.share(rechecks),
            delay=delay,
            host=case.host,
            clocked=self.share(clocked),
            reported_last_at=reported_at if last_at == reported_at else last_at,
            back_last_at=back_at,
            came_back=_came_back(case),
        )


def _came_back(case: CaseSummary | HotCase) -> CaseReturns | None:
    first_end, again_at, untold = case.first_end, case.again_noticed_at, case.untold_returns
    if first_end is None and again_at is None and not untold:
        return None  # by far the most frequent
    again = case.again_verdicts
    return CaseReturns(
        first_end, again_at, verdicts(again) if isinstance(again, str) else again, untold
    )


def rows(cases: Iterable[CaseSummary], as_of: Instant) -> list[CaseRow]:
    """Return cases as a rollup holds them.

    Args:
        cases: as lifecycle says of them.
        as_of: classes before this instant will not be asked for.
    """
    interner = RowInterner()
    return [interner.held(case, as_of) for case in cases]
