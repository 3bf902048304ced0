"""Laws of 3.9: norm verdicts, orders, lateness in public."""

import pytest
from ledger_events import GONE, LIMITED, NORTH, ONLINE, SOUTH, check, notice, placed, report, slots
from second_reading import hour, only, verdicts

from schemas.closed_lists import Basis, CheckResult, Flag

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


@pytest.mark.parametrize(
    ("seen", "public"),
    [
        (slots([26], ONLINE), True),
        (slots([26, 28], ONLINE, (NORTH,)), False),
        (slots([26, 50, 75], ONLINE, (NORTH,)), True),
        ([*slots([26], ONLINE, (NORTH,)), check(26.5, CheckResult.PRESENT)], True),
        ([*slots([26], ONLINE, (NORTH,)), check(28, CheckResult.PRESENT)], False),
        (slots([26, 50, 75], ONLINE, (SOUTH,)), False),
    ],
)
def test_lateness_in_public_needs_two_vantages_three_days_or_a_check(seen, public):
    """Never unannounced vantages alone."""
    assert only(*OPEN, seen, hours=80).public_late is public


def test_what_unannounced_vantages_alone_saw_is_cloaked():
    """A person is asked."""
    case = only(*OPEN, slots([26, 50, 75], ONLINE, (SOUTH,)), hours=80)
    assert "cloaked" in case.flags
    assert Flag.SPLIT not in case.flags


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
