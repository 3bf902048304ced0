"""Laws of what reports say of the material's being there."""

import pytest
from ledger_events import at, fold, placed, report

from schemas.reasons import CaseClass, HotlineMode
from streams.lifecycle.machine.episode import End, Episode
from streams.lifecycle.result.testimony import ReportedSightings, hotline_saw_at

HISTORIC = {"mode": HotlineMode.HISTORIC, "source_online": False}


def of(*reports):
    return ReportedSightings(fold(*reports, placed()).reports)


def sighted(testimony, gone, *, seen=None, observed=False):
    end = End(CaseClass.REMOVED, seen, at(gone), at(gone), announced_only=False)
    return testimony.sighted(Episode(0, [(0, CaseClass.ONLINE)], observed=observed), end)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"seen": 1}, 1, id="its own word"),
        pytest.param({}, 3, id="its analysts see what they report"),
        pytest.param({"assesses": False}, None, id="nobody looks there"),
        pytest.param(HISTORIC, None, id="a source's row says what is known of it"),
    ],
)
def test_when_a_hotline_saw_it(said, expected):
    """By its own word, else by its report, unless nobody there looked at it."""
    (made,) = fold(report(3, **said), placed()).reports
    assert hotline_saw_at(made) == (None if expected is None else at(expected))


def test_what_was_seen_after_an_end_says_nothing_of_it():
    """Of several sightings the last one before R counts."""
    testimony = of(report(1, seen=0.5), report(9, id="r2", seen=8))
    assert sighted(testimony, 5).newest_at == at(0.5)
    assert sighted(testimony, 8).newest_at == at(8)
    assert sighted(testimony, 0.4).newest_at is None


def test_a_source_that_saw_it_is_an_observer():
    """A removal of a dump is none that nobody observed."""
    assert sighted(of(report(3, **HISTORIC, last_online_at=at(2))), 5).observed
    assert not sighted(of(report(3, seen=2)), 5).observed
    assert sighted(of(report(3, seen=2)), 5, observed=True).observed


def test_assumed_only_where_no_report_says_when():
    """A report that names its sighting speaks for the case."""
    assert of(report(3)).assumed
    assert not of(report(3), report(4, id="r2", seen=3)).assumed
    assert not of(report(3, assesses=False)).assumed
