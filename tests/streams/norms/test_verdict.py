"""Laws of the verdict on one term (docs/measurement.md, Norm verdicts)."""

import pytest

from schemas.closed_lists import NormVerdict
from streams.norms.verdict import TOLERANCE_MS, late_from, norm_verdict, worst

IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED
N_S = 3_600
N_MS = 3_600_000
PAST_MS = N_MS + TOLERANCE_MS


@pytest.mark.parametrize(
    ("noticed", "seen", "removed", "expected"),
    [
        (0, 10, N_MS, IN_TIME),
        (0, 10, N_MS + 1, OPEN),
        (0, PAST_MS, PAST_MS + 1, OPEN),
        (0, PAST_MS + 1, PAST_MS + 2, LATE),
        (0, PAST_MS + 1, None, LATE),
        (0, PAST_MS, None, OPEN),
        (0, None, None, OPEN),
        (None, N_MS * 9, None, OPEN),
        (None, 0, 5, OPEN),
    ],
)
def test_a_norm_verdict_is_in_time_late_or_undetermined(noticed, seen, removed, expected):
    """In time if R - noticed_at <= N, late if L - noticed_at > N + 5 min, else undetermined."""
    assert norm_verdict(N_S, noticed, seen, removed) is expected


def test_clocks_may_differ_by_five_minutes():
    """A sighting is late only where no clock that intake takes could make it one in time."""
    assert TOLERANCE_MS == 300_000
    assert late_from(N_S, 7) == 7 + PAST_MS


@pytest.mark.parametrize(
    ("found", "expected"),
    [([], None), ([IN_TIME], IN_TIME), ([IN_TIME, OPEN], OPEN), ([OPEN, LATE, IN_TIME], LATE)],
)
def test_of_several_orders_the_worst_holds(found, expected):
    """One order left unobeyed is not made up for by another that was obeyed."""
    assert worst(found) is expected
