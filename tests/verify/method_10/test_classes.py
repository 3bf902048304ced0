"""Laws of 3.8: the class of a case."""

import pytest
from ledger_events import BOTH, GONE, ONLINE, decision, notice, placed, report, slots
from second_reading import hour, only, read

from schemas.closed_lists import Delivery, HotlineMode

GONE_AT_5 = slots([5.2, 5.5, 5.8], GONE)


@pytest.mark.parametrize(
    ("seen", "noticed", "observations", "outcome"),
    [
        (0, 1, [2, 4], "removed"),
        (0, None, [2, 4], "ended_without_notice"),
        (0, 8, [2, 4], "gone_before_notice"),
        (0, 1, [], "removed"),
        (-30, 1, [], "gone_before_notice"),
        (-30, 1, [2], "removed"),
    ],
)
def test_a_removal_counts_if_it_was_there_within_a_day_of_the_notice(
    seen, noticed, observations, outcome
):
    """Sighted by anyone, its hotline included."""
    told = [report(seen=seen), placed(), *([] if noticed is None else [notice(noticed)])]
    case = only(*told, slots(observations, ONLINE), GONE_AT_5, hours=50)
    assert case.case_class.value == outcome


def test_a_removal_that_no_probe_saw_before_is_unobserved():
    """L is the later of the hotline's sighting and the notice, and nothing is late."""
    case = only(report(seen=0), placed(), notice(1), slots([60, 60.3, 60.6], GONE))
    assert (case.case_class.value, hour(case.last_seen_at)) == ("removed", 1)
    assert "unobserved" in case.flags
    assert "late" not in {verdict.value for verdict in case.verdicts}


def test_an_assumed_sighting_is_said():
    """A report without seen_at."""
    case = only(report(), placed(), notice(1), slots([1.1, 1.4, 1.8], GONE))
    assert {"assumed_seen", "unobserved"} <= set(case.flags)


def test_an_open_case_expires_400_days_after_its_clock():
    """A report 7 d and more after that opens another."""
    told = [report(seen=0), placed(), notice(1), slots([2, 100], ONLINE)]
    assert only(*told, hours=9_700).case_class.value == "expired"
    again = report(9_800, hotline="beta", id="r2", seen=9_800)
    found = read(*told, again, hours=9_801)
    assert [case.case_class.value for case in found] == ["expired", "awaiting"]


def test_a_clock_within_7_days_of_the_expiry_opens_the_case_again():
    """It runs for 400 days from that clock; a later notice opens another case."""
    told = [report(seen=0), placed(), slots([2, 100], ONLINE)]
    assert only(*told, notice(9_700), hours=9_701).case_class.value == "online"
    assert only(*told, notice(9_700), hours=19_301).case_class.value == "expired"
    found = read(*told, notice(9_770), hours=9_771)
    assert [case.case_class.value for case in found] == ["expired", "online"]


def test_a_case_is_expired_when_the_next_one_there_opens():
    """A better clock shortly before the expiry does not leave two open."""
    sent = notice(1, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)
    told = [report(seen=0), placed(), sent, slots([2, 100], ONLINE), notice(399 * 24)]
    found = read(*told, report(415 * 24, hotline="beta", id="r2"), hours=416 * 24)
    assert [case.case_class.value for case in found] == ["expired", "awaiting"]


def test_what_is_excluded_is_so_before_all_else():
    """From the decision on."""
    told = [report(seen=0), placed(), notice(1), slots([2, 4], ONLINE, BOTH), GONE_AT_5]
    case = only(*told, decision(30), hours=31)
    assert (case.case_class.value, hour(case.since_at)) == ("excluded", 30)
