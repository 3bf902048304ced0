"""Laws of 3.9: norm verdicts and orders."""

import pytest
from ledger_events import GONE, LIMITED, ONLINE, notice, placed, report, slots
from second_reading import hour, only, verdicts

from schemas.closed_lists import Basis

OPEN = [report(seen=0, norms_s=(86_400, 172_800)), placed(), notice(1.0), slots([1.1, 2], ONLINE)]


@pytest.mark.parametrize(
    ("last", "gone", "expected"),
    [
        (20, 24.9, "in_time"),
        (25.05, 26, "undetermined"),
        (25.1, 26, "late"),
        (30, None, "late"),
        (24, None, "undetermined"),
        (20, 26, "undetermined"),
    ],
)
def test_a_norm_is_late_only_beyond_the_clocks_tolerance(last, gone, expected):
    """The norm of 24 h from a notice at 1 h, with 5 min."""
    away = [] if gone is None else slots([gone, gone + 0.3, gone + 0.6], GONE)
    case = only(*OPEN, slots([last], ONLINE), away, hours=40)
    assert verdicts(case)[24] == expected


def test_an_end_before_the_notice_is_no_removal():
    """The verdict is about what happened after it."""
    told = [report(seen=0, norms_s=(86_400, 172_800)), placed(), notice(50)]
    gone = [slots([1, 4], ONLINE), slots([5, 5.3, 5.6, 30], GONE)]
    case = only(*told, *gone, slots([40, 40.5, 52, 75, 100], ONLINE), hours=101)
    assert (verdicts(case)[24], case.overdue, case.again_verdicts) == ("late", True, ())


@pytest.mark.parametrize(
    ("hours", "term_s", "gone", "expected"),
    [
        (1, 43_200, 3, "in_time"),
        (1, 3_600, 3, "undetermined"),
        (1, 1_800, 3, "late"),
        (10, 43_200, 20, "in_time"),
        (1, None, 3, None),
    ],
)
def test_an_order_is_judged_by_its_own_term_from_its_own_time(hours, term_s, gone, expected):
    """No case is judged by a term that nobody set it."""
    order = notice(hours, basis=Basis.ORDER, reference="o", term_s=term_s)
    told = [
        report(seen=0, norms_s=(86_400, 172_800)),
        placed(),
        notice(1),
        order,
        slots([1.1, gone - 1], ONLINE),
    ]
    case = only(*told, slots([gone, gone + 0.3, gone + 0.6], GONE))
    assert (case.order_verdict and case.order_verdict.value) == expected


NORMS = {"norms_s": (86_400, 172_800)}
NOTICED = [report(seen=0, **NORMS), placed(), notice(1.0), slots([1.1, 4], ONLINE)]


@pytest.mark.parametrize(
    ("observations", "hours", "overdue", "unseen"),
    [
        (slots([30], ONLINE), 31, True, False),
        (slots([20], ONLINE), 24, False, False),
        (slots([30], LIMITED), 31, False, True),
        (slots([5, 5.3, 5.6], GONE) + slots([72, 73], ONLINE), 74, False, False),
    ],
)
def test_overdue_is_open_and_late_in_the_verdict_now_running(observations, hours, overdue, unseen):
    """After a return none runs until a notice."""
    case = only(*NOTICED, observations, hours=hours)
    assert (case.overdue, case.overdue_unseen) == (overdue, unseen)


def test_the_window_dates_lateness_at_the_norm():
    """Of a clock that is delivered alone."""
    assert hour(only(*NOTICED, slots([30], ONLINE), hours=31).late_at) == 25
    assert only(*NOTICED, slots([5, 5.3, 5.6], GONE)).late_at is None


@pytest.mark.parametrize(
    ("back", "gone", "expected"),
    [(146, 169, "in_time"), (146, 170.5, "undetermined"), (40, 50, "in_time")],
)
def test_what_came_while_it_was_gone_runs_from_the_return(back, gone, expected):
    """For hours in which nothing was there nobody is late, and none is in time for them."""
    told = [report(seen=0, **NORMS), placed(), slots([1, 2, 4], ONLINE), notice(6)]
    away = slots([5, 5.3, 5.6], GONE)
    again = [slots([back, gone - 1], ONLINE), slots([gone, gone + 0.3, gone + 0.6], GONE)]
    case = only(*told, away, *again)
    assert (verdicts(case)[24], case.public_late) == (expected, False)
