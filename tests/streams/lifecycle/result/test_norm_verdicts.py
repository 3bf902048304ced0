"""Laws of a case's verdicts (docs/measurement.md, Norm verdicts): which clock meets which stay."""

import pytest
from ledger_events import (
    GONE,
    MIN,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    fold,
    notice,
    place,
    placed,
    report,
    slot,
    slots,
    told,
)

from schemas.closed_lists import (
    Basis,
    CaseClass,
    CheckResult,
    ClockStanding,
    Flag,
    HotlineMode,
    NormVerdict,
)
from schemas.moments import HOUR_MS
from streams.case_class import class_at

IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED


def gone(hours):
    """Return observations that confirm a removal from an hour on."""
    return slots([hours, hours + 10 * MIN, hours + 20 * MIN, hours + 31 * MIN], GONE)


def order(hours, term_h, *, reference="a-1", **said):
    return notice(
        hours, basis=Basis.ORDER, reference=reference, term_s=round(term_h * 3_600), **said
    )


def test_a_jurisdiction_s_norms_are_24_and_48_hours():
    """12 h and 1 h are terms of orders: without one no case is judged by them."""
    case = told(slot(2, ONLINE), gone(3))
    assert case.norms_s == (86_400, 172_800)
    assert case.verdicts == (IN_TIME, IN_TIME)
    assert case.order_verdict is None


def test_an_end_before_the_notice_is_no_removal():
    """Gone from 5 to 40 h, told at 50 h, there until 480 h: late, not in time."""
    seen = [slots([1, 2], ONLINE), gone(5), slots([40, 60, 100, 480], ONLINE)]
    case = told(*seen, notice_h=50)
    assert case.verdicts == (LATE, LATE)
    assert case.overdue


def test_an_end_before_the_notice_that_nobody_saw_before_makes_nobody_late():
    """Nothing was there to be late with: L of a stay that nobody saw is not its R."""
    (case,) = fold(
        report(), placed(), gone(30), slots([60, 61], ONLINE), gone(62), notice(50)
    ).cases
    assert case.verdicts == (IN_TIME, IN_TIME)
    (case,) = fold(report(), placed(), notice(1), gone(80), slots([120], ONLINE)).cases
    assert case.verdicts == (OPEN, OPEN)


def test_an_end_before_the_notice_that_nothing_followed_is_not_in_time():
    """Nobody had been told when it was removed, so no verdict rests on that."""
    assert told(slot(2, ONLINE), gone(5), notice_h=10).verdicts == (OPEN, OPEN)


def test_the_first_verdict_stands_whatever_follows():
    """Gone in 4 h and back on day 3: in time, not overdue, and late in no window."""
    case = told(slot(2, ONLINE), gone(5), slots([72, 73, 100, 150], ONLINE))
    assert case.verdicts == (IN_TIME, IN_TIME)
    assert not case.overdue
    assert case.late_at is None
    assert case.norm_from_at is None


def test_after_a_return_the_second_verdict_runs():
    """It runs from the first notice delivered after R, or from the first sighting after R."""
    seen = [slot(2, ONLINE), gone(5), slots([72, 73, 100, 150], ONLINE)]
    told_again = told(*seen, notice(80))
    assert told_again.again_noticed_at == at(80)
    assert told_again.again_verdicts == (LATE, LATE)
    assert told_again.verdicts == (IN_TIME, IN_TIME)
    assert told_again.overdue
    before_seen = told(*seen, notice(40))
    assert before_seen.again_noticed_at == at(72) + 100


def test_an_order_is_judged_by_its_own_term_from_its_own_time():
    """An order of 12 h obeyed in 2 h is in time, and nobody asks for 1 h."""
    case = told(slot(2, ONLINE), order(3, 12), gone(5))
    assert case.order_verdict is IN_TIME
    assert case.verdicts == (IN_TIME, IN_TIME)
    assert case.order_due_at == at(15)
    late = told(slot(2, ONLINE), order(3, 1), slots([4, 5], ONLINE))
    assert (late.order_verdict, late.late_at, late.overdue) == (LATE, at(4), True)
    assert (late.norm_from_at, late.norm_s) == (at(3), 3_600)


def test_of_several_orders_the_worst_verdict_holds():
    """Each by its own term: one obeyed does not make up for one that was not."""
    orders = [order(3, 1), order(3, 12, reference="a-2")]
    assert told(*orders, slots([2, 4.5], ONLINE), gone(5)).order_verdict is LATE


def test_an_order_after_the_end_asks_for_nothing():
    """What is gone cannot be removed."""
    case = told(slot(2, ONLINE), gone(5), order(10, 1))
    assert case.order_verdict is None


def test_an_order_while_it_was_gone_runs_from_the_return():
    """For hours in which nothing was there to remove nobody is late."""
    case = told(slot(2, ONLINE), gone(5), order(10, 1), slot(125, ONLINE))
    assert (case.order_verdict, case.public_late) == (OPEN, False)
    later = told(slot(2, ONLINE), gone(5), order(10, 1), slots([125, 126.2], ONLINE))
    assert (later.order_verdict, later.public_late) == (LATE, True)


def test_what_was_late_before_a_move_stays_late():
    """A move is never in time, and says from when on the norm is not asked."""
    moved = [placed(h, place("other"), vantage=v) for h in (60, 61) for v in (NORTH, SOUTH)]
    away = {"hosters": ("other",), "old_address": True}
    old = [slots([61.2, 61.5, 61.8, 80], GONE, **away)]
    cases = fold(report(seen=0), placed(), notice(1), slots([2, 30, 55], ONLINE), moved, *old).cases
    case = next(case for case in cases if case.hoster == "acme")
    assert case.verdicts[0] is LATE
    assert class_at(case, at(81)) is CaseClass.MOVED
    assert case.moved_at is not None


def test_to_be_publicly_late_takes_two_vantages():
    """Or one on 3 UTC days, or a person: one sighting makes a verdict and no headline."""
    one = told(slots([2], ONLINE), slots([26], ONLINE, [NORTH]))
    assert (one.verdicts[0], one.public_late) == (LATE, False)
    assert told(slots([2, 26], ONLINE)).public_late
    checked = told(
        slots([2], ONLINE), slots([26], ONLINE, [NORTH]), check(26.5, CheckResult.PRESENT)
    )
    assert checked.public_late


@pytest.mark.parametrize(
    ("happened", "terms"),
    [
        ((slots([2, 26], ONLINE),), (86_400,)),
        ((slots([2, 26], ONLINE), slots([50], ONLINE, [NORTH])), (86_400,)),
        ((slots([2, 26, 50], ONLINE),), (86_400, 172_800)),
        ((order(1, 1), slots([2.5], ONLINE), slots([26], ONLINE, [NORTH])), (0,)),
    ],
)
def test_each_term_is_publicly_late_by_what_was_seen_past_it(happened, terms):
    """Two vantages past an order's hour prove nothing of the norm that ran out a day later."""
    assert told(*happened).late_in_public == terms


def test_an_observation_that_came_a_day_late_makes_nothing_publicly_late():
    """It counts for the verdict, and nothing is said in public by it."""
    late = [(fact, at + 25 * HOUR_MS) for fact, at in slots([26], ONLINE)]
    case = told(slots([2], ONLINE), late)
    assert (case.verdicts[0], case.public_late) == (LATE, False)
    assert told(slots([2, 26], ONLINE)).public_late


def test_what_unannounced_vantages_alone_saw_is_cloaked():
    """It is late, never in public, and a person is asked."""
    case = told(slots([2], ONLINE), slots([26, 50, 80], ONLINE, [SOUTH]))
    assert case.verdicts[0] is LATE
    assert not case.public_late
    assert Flag.CLOAKED in case.flags
    settled = told(
        slots([2], ONLINE), slots([26, 50, 80], ONLINE, [SOUTH]), check(80.5, CheckResult.PRESENT)
    )
    assert settled.public_late
    assert Flag.CLOAKED not in settled.flags


@pytest.mark.parametrize("control", [None, ONLINE])
def test_an_unproven_sighting_makes_nothing_late(control):
    """Without a control that differs the case is neither late nor overdue; a person is asked."""
    case = told(slots([2, 30, 60], ONLINE, control=control))
    assert case.verdicts == (OPEN, OPEN)
    assert not case.overdue


def test_a_clock_of_lower_standing_is_never_publicly_late():
    """A report that was taken as the notice names nobody."""
    (case,) = fold(
        report(seen=0, mode=HotlineMode.ON_REPORT), placed(), slots([2, 30, 60], ONLINE)
    ).cases
    assert case.clock is ClockStanding.ON_REPORT
    assert case.verdicts == (LATE, LATE)
    assert not case.public_late
