"""When an open case is overdue (docs/measurement.md, Norm verdicts).

The verdict now running is the one on the clock that runs: the first, or after a return the second.
An open case is

- **overdue** if that verdict is late, for any norm that the case has;
- **overdue unseen** if its due norm has run out and that verdict is undetermined. The due norm is
  the one that runs out first, an order's term with the others. A case that nobody was to probe is
  never unseen (rule 7.9).

Only cases whose clock is `delivered` are counted: alerts go by these figures, and nobody is alerted
on for a notice that may not have arrived.
"""

from typing import Protocol

from schemas.closed_lists import ClockStanding, Flag, NormVerdict
from schemas.moments import SECOND_MS, Instant
from streams.norms.maturity import is_probed


class ClockedCase(Protocol):
    """A case, as `streams.rollup.case_row.CaseRow` or a part of it."""

    @property
    def norm_from_at(self) -> Instant | None:
        """From when the due norm of the running verdict runs; None = none is running."""
        ...

    @property
    def norm_s(self) -> int:
        """That norm, seconds."""
        ...

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What is said beside its figures."""
        ...

    @property
    def clock(self) -> ClockStanding | None:
        """The standing of its clock; None = none runs."""
        ...

    @property
    def overdue(self) -> bool:
        """The verdict now running is late for a norm."""
        ...

    @property
    def late_at(self) -> Instant | None:
        """When the first norm ran out that it is late for."""
        ...

    @property
    def verdicts(self) -> tuple[NormVerdict, ...]:
        """The first verdict, one per norm."""
        ...

    @property
    def again_noticed_at(self) -> Instant | None:
        """From when the second verdict runs; None = none does."""
        ...

    @property
    def again_verdicts(self) -> tuple[NormVerdict, ...]:
        """The second verdict, one per norm."""
        ...

    @property
    def order_verdict(self) -> NormVerdict | None:
        """The worst verdict of its orders; None = it has none."""
        ...


def due_at(case: ClockedCase) -> Instant | None:
    """Return when the due norm of the running verdict runs out; None = none is running."""
    return None if case.norm_from_at is None else case.norm_from_at + case.norm_s * SECOND_MS


def is_delivered(case: ClockedCase) -> bool:
    """Return whether a case may be alerted on: its clock rests on a delivered notice."""
    return case.clock is ClockStanding.DELIVERED


def is_overdue(case: ClockedCase) -> bool:
    """Return whether a case is overdue while it is open."""
    return case.overdue and is_delivered(case)


def is_overdue_unseen(case: ClockedCase, as_of: Instant) -> bool:
    """Return whether a case that is open is past its due norm and undetermined."""
    due = due_at(case)
    if due is None or as_of <= due or not is_delivered(case) or is_overdue(case):
        return False
    if not is_probed(case.flags):
        return False
    norms = case.verdicts if case.again_noticed_at is None else case.again_verdicts
    return NormVerdict.UNDETERMINED in (*norms, case.order_verdict)


def late_at(case: ClockedCase) -> Instant | None:
    """Return when a case became late, as windows count it: when the norm ran out; None = not."""
    return case.late_at if is_delivered(case) else None
