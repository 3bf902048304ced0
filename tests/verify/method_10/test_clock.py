"""Laws of 3.2: which notice is the clock of a case, and what a withdrawal takes back."""

import pytest
from ledger_events import BOTH, GONE, ONLINE, notice, place, placed, report, slots, withdrawal
from second_reading import hour, only, read, verdicts

from schemas.closed_lists import CaseClass, Delivery, Flag, HotlineMode

SENT = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}
OPEN = [report(seen=0), placed()]


@pytest.mark.parametrize(
    ("notices", "noticed", "standing"),
    [
        ([notice(1)], 1, "delivered"),
        ([notice(5), notice(3)], 3, "delivered"),
        ([notice(1, **SENT), notice(30)], 30, "delivered"),
        ([notice(1, **SENT), notice(35)], 1, "sent_only"),
        ([notice(1, **SENT)], 1, "sent_only"),
        ([notice(1, result=Delivery.BOUNCED)], None, ""),
        ([notice(1, recipient="other")], None, ""),
        ([notice(1, received=9, backdated=True)], 9, "delivered"),
    ],
)
def test_the_clock_is_the_best_notice_from_before_the_removal(notices, noticed, standing):
    """A better standing wins though it came later; of one standing the earliest does."""
    gone = slots([33, 33.3, 33.6], GONE)
    case = only(*OPEN, *notices, slots([0.5, 20, 32], ONLINE), gone)
    assert (hour(case.noticed_at), case.clock) == (noticed, standing)


def test_a_report_is_the_clock_where_it_is_taken_as_the_notice():
    """The case is in no naming."""
    case = only(report(seen=0, mode=HotlineMode.ON_REPORT), placed(), slots([2, 60], ONLINE))
    assert (hour(case.noticed_at), case.clock, case.naming) == (0, "on_report", False)


def test_a_notice_from_before_the_case_starts_nothing():
    """The URL moves to a hoster that had been told of it by mistake."""
    there = [placed(100 + i / 5, place("other"), vantage=v) for i in range(2) for v in BOTH]
    seen = slots([100.6, 101], ONLINE, hoster="other")
    gone = slots([103, 103.3, 103.6], GONE, hoster="other")
    found = read(*OPEN, notice(1, recipient="other"), slots([2, 95], ONLINE), there, seen, gone)
    by_hoster = {case.hoster: case for case in found}
    assert by_hoster["other"].noticed_at is None
    assert by_hoster["other"].case_class is CaseClass.ENDED_WITHOUT_NOTICE
    assert Flag.MISDIRECTED in by_hoster["acme"].flags


def test_a_withdrawal_takes_back_what_its_hotline_said_until_then():
    """The other hotline's notice is the clock."""
    beta = [report(2, hotline="beta", id="r2", seen=2), notice(30, hotline="beta")]
    case = only(*OPEN, notice(1), withdrawal(20), *beta, slots([3, 25, 40], ONLINE), hours=50)
    assert hour(case.noticed_at) == 30


@pytest.mark.parametrize(("withdrawn", "outcome"), [(3, "withdrawn"), (20, "removed")])
def test_a_withdrawal_after_the_removal_changes_neither_class_nor_verdict(withdrawn, outcome):
    """Before it the case ends `withdrawn`."""
    gone = slots([5.2, 5.5, 5.8], GONE)
    case = only(*OPEN, notice(1), slots([2, 2.5], ONLINE), gone, withdrawal(withdrawn))
    assert case.case_class.value == outcome
    if outcome == "removed":
        assert set(verdicts(case).values()) >= {"in_time"}
