"""Laws of overdue (docs/measurement.md, Norm verdicts): by the verdict running."""

import pytest
from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import ClockStanding, Flag
from streams.norms.overdue import due_at, is_overdue, is_overdue_unseen, late_at
from streams.rollup.row_interning import rows


def row(**said):
    return rows([replace(case(), **said)], at(0))[0]


def test_overdue_is_what_the_running_verdict_says():
    """Late for any norm; past the due one and undetermined is overdue unseen."""
    late, waiting = row(overdue=True), row()
    assert due_at(waiting) == at(24)
    assert is_overdue(late)
    assert not is_overdue_unseen(late, at(100))
    assert not is_overdue(waiting)
    assert [is_overdue_unseen(waiting, at(h)) for h in (24, 24.1)] == [False, True]


def test_where_no_verdict_runs_nothing_is_overdue():
    """So after a return that nobody has been told of."""
    assert not is_overdue_unseen(row(norm_from_at=None), at(1_000))


@pytest.mark.parametrize("clock", [ClockStanding.SENT_ONLY, ClockStanding.ON_REPORT])
def test_a_clock_that_is_not_delivered_alerts_nobody(clock):
    """Such cases are shown and flagged, and in no norm alert."""
    said = row(overdue=True, late_at=at(24), clock=clock)
    assert not is_overdue(said)
    assert not is_overdue_unseen(row(clock=clock), at(100))
    assert late_at(said) is None
    assert late_at(row(late_at=at(24))) == at(24)


def test_what_nobody_was_to_probe_is_never_unseen():
    """A person's check may show it overdue all the same (rule 7.9)."""
    assert not is_overdue_unseen(row(flags=(Flag.NOT_PROBED,)), at(100))
    assert is_overdue(row(flags=(Flag.NOT_PROBED,), overdue=True))
