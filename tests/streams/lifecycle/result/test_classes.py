"""Laws of an ended case's class (docs/measurement.md, Classes)."""

import pytest
from ledger_events import at as hour
from ledger_events import fold, placed, report

from schemas.closed_lists import CaseClass, HotlineMode
from schemas.moments import DAY_MS, HOUR_MS
from streams.lifecycle.machine.case_history import CaseHistory, End
from streams.lifecycle.result.classes import (
    ReportedSightings,
    Sighted,
    ended,
    hotline_saw_at,
    unobserved_since,
)


def at(hours):
    return None if hours is None else round(hours * HOUR_MS) + 30 * DAY_MS


def end(state=CaseClass.REMOVED, gone=50.0):
    return End(state, None, at(gone), at(gone + 1), announced_only=False)


CASES = [
    # seen by probes, by the hotline, notice; gone at 50 h
    (None, None, 40, "never_online"),
    (None, None, None, "never_online"),
    (10, None, None, "ended_without_notice"),
    (49, 0, 50, "gone_before_notice"),
    (49, 0, 60, "gone_before_notice"),
    (49, 0, 49.5, "removed"),
    (45, None, 40, "removed"),
    (16, None, 40, "removed"),
    (15.9, None, 40, "gone_before_notice"),
    (15.9, 16, 40, "removed"),
    (None, 16, 40, "removed"),
    (None, 15.9, 40, "gone_before_notice"),
]


@pytest.mark.parametrize(("seen", "hotline", "noticed", "expected"), CASES)
def test_the_first_that_fits_holds(seen, hotline, noticed, expected):
    """Never online, ended without a notice, gone before it, else what ended it."""
    sighted = Sighted(at(seen), at(hotline), observed=seen is not None)
    assert ended(end(), sighted, at(noticed)) == expected


@pytest.mark.parametrize("state", [CaseClass.DARK, CaseClass.MOVED])
@pytest.mark.parametrize("noticed", [None, 40, 60])
def test_no_notice_makes_a_dead_host_or_a_move_another_end(state, noticed):
    """Neither is in time nor late, so when the hoster was told makes no difference."""
    assert ended(end(state), Sighted(at(10), None, observed=True), at(noticed)) is state


@pytest.mark.parametrize(
    ("hotline", "noticed", "observed", "expected"),
    [
        (30, 40, False, 40),
        (45, 40, False, 45),
        (30, 40, True, None),
        (None, 40, False, None),
        (30, None, False, None),
        (30, 60, False, None),
        (10, 40, False, None),
    ],
)
def test_l_of_what_no_probe_saw(hotline, noticed, observed, expected):
    """It is the later of what the hotline saw and the notice, and only of a removal."""
    sighted = Sighted(None, at(hotline), observed=observed)
    assert unobserved_since(end(), sighted, at(noticed)) == at(expected)


HISTORIC = {"mode": HotlineMode.HISTORIC, "source_online": False}


def of(*reports):
    return ReportedSightings(fold(*reports, placed()).reports)


def sighted(testimony, gone, *, seen=None, observed=False):
    gone_for_good = End(CaseClass.REMOVED, seen, hour(gone), hour(gone), announced_only=False)
    return testimony.sighted(
        CaseHistory(0, [(0, CaseClass.ONLINE)], observed=observed), gone_for_good
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"seen": 1}, 1, id="its own word"),
        pytest.param({}, 3, id="its analysts see what they report"),
        pytest.param({"assesses": False}, None, id="nobody checks there"),
        pytest.param(HISTORIC, None, id="a source's row says what is known of it"),
    ],
)
def test_when_a_hotline_saw_it(said, expected):
    """By its own word, else by its report, unless nobody there judged it."""
    (made,) = fold(report(3, **said), placed()).reports
    assert hotline_saw_at(made) == (None if expected is None else hour(expected))


def test_what_was_seen_after_an_end_says_nothing_of_it():
    """Of several sightings the last one before R counts."""
    testimony = of(report(1, seen=0.5), report(9, id="r2", seen=8))
    assert sighted(testimony, 5).newest_at == hour(0.5)
    assert sighted(testimony, 8).newest_at == hour(8)
    assert sighted(testimony, 0.4).newest_at is None


def test_a_source_that_saw_it_is_an_observer():
    """A removal of a dump is none that nobody observed."""
    assert sighted(of(report(3, **HISTORIC, last_online_at=hour(2))), 5).observed
    assert not sighted(of(report(3, seen=2)), 5).observed
    assert sighted(of(report(3, seen=2)), 5, observed=True).observed


def test_assumed_only_where_no_report_says_when():
    """A report that names its sighting speaks for the case."""
    assert of(report(3)).assumed
    assert not of(report(3), report(4, id="r2", seen=3)).assumed
    assert not of(report(3, assesses=False)).assumed
