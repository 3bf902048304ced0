"""Laws of 3.9: what is overdue, and when the window counts a case late."""

import pytest
from ledger_events import GONE, LIMITED, ONLINE, notice, placed, report, slots
from second_reading import hour, only

NORMS = {"norms_s": (86_400, 172_800)}
OPEN = [report(seen=0, **NORMS), placed(), notice(1.0), slots([1.1, 4], ONLINE)]


@pytest.mark.parametrize(
    ("looks", "hours", "overdue", "unseen"),
    [
        (slots([30], ONLINE), 31, True, False),
        (slots([20], ONLINE), 24, False, False),
        (slots([30], LIMITED), 31, False, True),
        (slots([5, 5.3, 5.6], GONE) + slots([72, 73], ONLINE), 74, False, False),
    ],
)
def test_overdue_is_open_and_late_in_the_verdict_now_running(looks, hours, overdue, unseen):
    """After a return none runs until a notice."""
    case = only(*OPEN, looks, hours=hours)
    assert (case.overdue, case.overdue_unseen) == (overdue, unseen)


def test_the_window_dates_lateness_at_the_norm():
    """Of a clock that is delivered alone."""
    assert hour(only(*OPEN, slots([30], ONLINE), hours=31).late_at) == 25
    assert only(*OPEN, slots([5, 5.3, 5.6], GONE)).late_at is None
