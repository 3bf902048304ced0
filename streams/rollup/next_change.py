"""Until when a case counts in the figures as it does now, if nothing new arrives."""

from collections.abc import Iterable, Iterator

from schemas.closed_lists import CaseClass
from schemas.moments import SECOND_MS, Instant
from streams.norms.measurability import LONG_MS, around
from streams.norms.punctuality import next_due
from streams.rollup.case_row import CaseRow
from streams.rollup.figures import COHORTS_MS
from streams.rollup.windows import WIDEST_MS


def counts_until(cases: Iterable[CaseRow], as_of: Instant) -> Instant | None:
    """Return the first instant at which one of some cases may count otherwise; None = never.

    Until then each counts the same but for ages, windows and durations, which
    `streams.rollup.tally` reads off sorted multisets. It may be named too early, never too late.

    Args:
        cases: the cases.
        as_of: the instant from which on.
    """
    return min((at for case in cases for at in _turns(case, as_of) if at > as_of), default=None)


def _turns(case: CaseRow, as_of: Instant) -> Iterator[Instant]:
    for phase in case.phases:
        yield phase.from_at
        if phase.case_class is CaseClass.UNAVAILABLE:
            yield phase.from_at + LONG_MS
    noticed_at = case.noticed_at
    if noticed_at is None:
        return
    yield noticed_at
    yield noticed_at + WIDEST_MS  # in the windows of delays and of what could be measured
    yield from (noticed_at + age_ms for age_ms in COHORTS_MS.values() if age_ms is not None)
    bracket_at = next_due(noticed_at, as_of)
    if bracket_at is not None:
        yield bracket_at
    yield from _norms_over(case, noticed_at)
    probes = case.norm_probes
    if probes.blocked and not probes.conclusive:
        near = around(noticed_at, case.norm_from_at, case.norm_s)
        if near is not None:
            yield near.until


def _norms_over(case: CaseRow, noticed_at: Instant) -> Iterator[Instant]:
    """Yield when a case counts for the share of a norm, and when it is overdue."""
    again_at = case.again_noticed_at
    for norm_s in case.norms_s:
        yield noticed_at + norm_s * SECOND_MS
        if again_at is not None:
            yield again_at + norm_s * SECOND_MS
    if case.order_due_at is not None:
        yield case.order_due_at
    if case.norm_from_at is not None:
        yield case.norm_from_at + case.norm_s * SECOND_MS + 1
