"""Laws of 3.4 and 3.6: sightings, checks, doubt."""

import pytest
from ledger_events import GONE, NORTH, ONLINE, SOUTH, check, notice, placed, report, slots
from msgspec.structs import replace
from second_reading import hour, only

from schemas.closed_lists import CaseClass, CheckResult, Flag

OPEN = [report(seen=0), placed(), notice(1.0), slots([1.1, 2, 4], ONLINE)]
GONE_AT_5 = slots([5.2, 5.5, 5.8], GONE)


def test_what_one_vantage_sees_against_the_other_is_suspect():
    """Three times over half an hour, its control differing, it is split, and backed."""
    against = [slots([5.2, 5.5], GONE, (NORTH,)), slots([5.6], ONLINE, (SOUTH,))]
    assert only(*OPEN, *against, hours=5.7).case_class is CaseClass.SUSPECT
    more = slots([5.9, 6.2], ONLINE, (SOUTH,))
    case = only(*OPEN, *against, more, hours=6.3)
    assert (case.case_class, Flag.SPLIT in case.flags) == (CaseClass.ONLINE, True)


@pytest.mark.parametrize(("said", "gone"), [(4.5, 4.5), (5.6, 5.2), (8, 5.2)])
def test_a_persons_absent_makes_r_earlier_and_never_later(said, gone):
    """Before the probes, between them and after them."""
    case = only(*OPEN, check(said), GONE_AT_5, hours=20)
    assert (case.case_class, hour(case.gone_at)) == (CaseClass.REMOVED, gone)


def test_a_check_that_probes_contradict_is_suspect_until_a_second_person():
    """Of the vantages that are asked, one saw it within the hour."""
    seen = slots([6.5], ONLINE)
    assert only(*OPEN, check(6), seen, hours=6.1).case_class is CaseClass.REMOVED
    assert only(*OPEN, seen, check(6.6), hours=6.7).case_class is CaseClass.SUSPECT
    both = [check(6.6), check(6.8, who="bob")]
    assert only(*OPEN, seen, *both, hours=7).case_class is CaseClass.REMOVED


def test_a_check_dated_back_by_more_than_the_feed_delay_sets_nothing():
    """It was handed in 20 days later."""
    made, _ = check(10, CheckResult.PRESENT)
    late = replace(made, received_at=made.checked_at + 480 * 3_600_000)
    case = only(*OPEN, GONE_AT_5, (late, late.received_at))
    assert (hour(case.gone_at), case.returns) == (5.2, ())


def test_a_reports_seen_at_voids_no_removal():
    """L stays what it was."""
    beta = report(7, hotline="beta", id="r2", seen=6.5)
    case = only(*OPEN, GONE_AT_5, beta, hours=8)
    assert (hour(case.last_seen_at), hour(case.gone_at)) == (4, 5.2)


def test_doubt_ends_after_a_day():
    """Unconfirmed it is unavailable."""
    case = only(*OPEN, slots([5], GONE, (NORTH,)), hours=40)
    assert (case.case_class, hour(case.since_at)) == (CaseClass.UNAVAILABLE, 29)
