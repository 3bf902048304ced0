"""Laws of what a return means (docs/measurement.md, Coming back)."""

import pytest
from ledger_events import (
    BOTH,
    GONE,
    MIN,
    ONLINE,
    at,
    class_of,
    fold,
    notice,
    placed,
    report,
    slot,
    slots,
    told,
)

from schemas.closed_lists import CaseClass, Delivery, HotlineMode, NormVerdict
from schemas.moments import HOUR_MS
from streams.lifecycle.machine.case_history import CaseHistory, EarlierEnd, End
from streams.lifecycle.result.returns import returns_of

IN_TIME, LATE, OPEN = NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED
DAY, TWO_DAYS = 0, 1
"""Places of the norms of 24 and 48 h among a case's verdicts."""


def gone_from(hours):
    return slots([hours + minutes * MIN for minutes in (0, 10, 20, 31)], GONE, BOTH)


def online(*hours):
    return slots(hours, ONLINE)


def past(left, back, state=CaseClass.REMOVED):
    return EarlierEnd(End(state, left - 1, left, left), left - 1, back, back)


def of(*ends, noticed=0, backed=True):
    ends = ends if backed else tuple(left._replace(returned_at=None) for left in ends)
    return returns_of(CaseHistory(0, [(0, CaseClass.ONLINE)], earlier_ends=ends), noticed)


H = HOUR_MS


@pytest.mark.parametrize(
    ("left", "back", "noticed", "counted"),
    [
        pytest.param(10, 34, 1, (1, 0), id="a reappearance"),
        pytest.param(10, 40, 10, (0, 1), id="an end at the notice is none after it"),
        pytest.param(10, 40, 50, (0, 1), id="nobody had been told"),
        pytest.param(10, 40, None, (0, 1), id="nobody was ever told"),
    ],
)
def test_a_return_of_what_nobody_was_told_of_is_counted_apart(left, back, noticed, counted):
    """One of what nobody was told of is counted apart."""
    told_at = None if noticed is None else noticed * H
    found = of(past(left * H, back * H), noticed=told_at)
    assert (len(found.counted), found.before_notice) == counted


def test_moved_and_back_is_a_reappearance():
    """It is no removal, and so never in time."""
    found = of(past(10 * H, 60 * H, CaseClass.MOVED))
    assert [back.moved for back in found.counted] == [True]
    assert found.first_end is None


def test_what_is_no_backed_sighting_is_no_return():
    """The removal stands as the first one; the return waits for a person or a control."""
    found = of(past(10 * H, 60 * H), backed=False)
    assert (found.counted, found.before_notice) == ((), 0)
    assert found.first_end == (10 * H - 1, 10 * H)


def test_l_of_an_end_that_nobody_saw_before_is_the_notice():
    """The notice says that it was there; R never stands for L."""
    left = EarlierEnd(End(CaseClass.REMOVED, None, 10 * H, 10 * H), None, 60 * H, 60 * H)
    assert of(left, noticed=3 * H).first_end == (3 * H, 10 * H)
    assert [back.last_seen_at for back in of(left, noticed=3 * H).counted] == [3 * H]


def test_an_end_before_the_notice_is_no_removal():
    """Gone from 5 to 40 h, told at 50 h, online to 480 h: late, by what followed it."""
    case = told(online(2), gone_from(5), online(40, 51, 300, 480), notice_h=50)
    assert (case.verdicts[DAY], case.verdicts[TWO_DAYS]) == (LATE, LATE)
    assert (case.first_end, case.returns, case.untold_returns) == (None, (), 1)
    gone = told(online(2), gone_from(5), online(40, 51), gone_from(60), notice_h=50)
    assert (gone.verdicts[DAY], class_of(gone, 62)) == (IN_TIME, "removed")
    short = told(online(2), gone_from(5), online(40), gone_from(45), notice_h=50)
    assert class_of(short, 51) == "gone_before_notice"


def test_a_first_end_that_nobody_saw_before_is_not_late():
    """L is what somebody saw, never R: a removal 30 h after the notice, first seen after it."""
    seen_late = [gone_from(31), online(80)]
    (case,) = fold(report(assesses=False), placed(), notice(1), *seen_late).cases
    assert case.verdicts[DAY] is OPEN


def test_a_notice_before_the_monitor_sees_the_return_starts_the_second_clock():
    """Told at 50 h of what came back unseen; seen at 60 h, from then on it runs."""
    case = told(online(2), gone_from(5), notice(50), online(60, 61), gone_from(80))
    assert case.again_noticed_at == at(60) + 100
    assert case.again_verdicts[DAY] is IN_TIME
    assert case.verdicts[DAY] is IN_TIME
    late = told(online(2), gone_from(5), notice(50), online(60, 90), gone_from(95))
    assert (late.verdicts[DAY], late.again_verdicts[DAY]) == (IN_TIME, LATE)


WEEK = 7 * 24


@pytest.mark.parametrize("word", [notice, lambda h: report(h, id="r2")], ids=["notice", "report"])
def test_what_is_told_after_a_removal(word):
    """Within 7 d it is the same case's and probed at once; later it opens a new case."""
    removed = [report(seen=0), placed(), notice(1), online(2), gone_from(5)]
    (same,) = fold(*removed, word(5 + WEEK - 1)).cases
    assert same.told_again == (at(5 + WEEK - 1),)
    old, new = fold(*removed, word(5 + WEEK + 1)).cases
    assert (class_of(old, 400), old.told_again) == ("removed", ())
    assert (new.opened_at, new.told_again) == (at(5 + WEEK + 1), (at(5 + WEEK + 1),))
    assert new.case_id != old.case_id


def test_a_new_case_of_something_gone_rests_on_its_own_probes():
    """What the old case's probes found says nothing of the new one: it takes a run of its own."""
    removed = [report(seen=0), placed(), notice(1), online(2), gone_from(5)]
    late = [notice(200), report(200, id="r2", assesses=False)]
    _, new = fold(*removed, *late, slot(200.1, GONE)).cases
    assert class_of(new, 200.2) == "doubted"
    _, new = fold(*removed, *late, gone_from(200.1)).cases
    assert class_of(new, 201) == "never_online"
    assert new.noticed_at == at(200)


def test_what_is_told_after_an_expiry():
    """Within 7 d it is probed again; later it opens a new case."""
    day = 24
    (same,) = fold(report(seen=0), placed(), notice(1), online(2), notice(403 * day)).cases
    assert class_of(same, 404 * day) == "expired"
    assert same.told_again == (at(403 * day),)
    old, new = fold(report(seen=0), placed(), notice(1), online(2), notice(409 * day)).cases
    assert (class_of(old, 999 * day), class_of(new, 410 * day)) == ("expired", "online")
    assert (old.noticed_at, new.noticed_at) == (at(1), at(409 * day))


def test_a_clock_within_7_d_of_the_expiry_opens_the_case_again():
    """It runs for 400 d from that clock, and until it began the case is expired."""
    day = 24
    told = report(seen=0), placed(), slots([2, 100], ONLINE)
    (same,) = fold(*told, notice(406 * day)).cases
    classes = [class_of(same, days * day) for days in (399, 401, 406, 805, 806)]
    assert classes == ["awaiting", "expired", "online", "online", "expired"]
    old, new = fold(*told, notice(408 * day)).cases
    assert (class_of(old, 408 * day), class_of(new, 408 * day)) == ("expired", "online")


def test_a_case_is_expired_when_the_next_one_there_opens():
    """A better clock shortly before the expiry does not leave two open."""
    day = 24
    sent = notice(1, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)
    told = report(seen=0), placed(), sent, slots([2, 100], ONLINE), notice(399 * day)
    old, new = fold(*told, report(415 * day, id="r2")).cases
    assert (class_of(old, 414 * day), class_of(old, 415 * day)) == ("online", "expired")
    assert class_of(new, 415 * day) == "awaiting"


def test_rows_of_a_dump_open_no_case():
    """Two rows a month apart that say offline are one case: nobody of today spoke of it."""
    said = {"mode": HotlineMode.HISTORIC, "source_online": False, "last_online_at": at(0)}
    (only,) = fold(report(1, **said), placed(), report(720, id="r2", **said)).cases
    assert (class_of(only, 999), only.told_again) == ("ended_without_notice", ())
