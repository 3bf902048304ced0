"""How long removals take, and how cases end."""

import pytest
from drawn_report import drawn_followed
from reported import DAY, HOUR, case

from schemas.closed_lists import CaseClass, Flag
from streams.report.figures.removal_times import STEPS_H, ends, times, took, took_as


@pytest.mark.parametrize(
    ("seen", "gone", "expected"),
    [
        (1, 2, (10, 20)),
        (0.99, 2.01, (9, 21)),  # L is rounded down, R up
        (23, 24, (230, 240)),
        (1, None, (10, None)),
        (None, 1, (0, 10)),
    ],
)
def test_a_removal_is_rounded_outwards(
    seen: float | None, gone: float | None, expected: tuple[int, int | None]
) -> None:
    """In steps of six minutes; what was within a norm stays within it."""
    assert took(case(1, seen=seen, gone=gone)) == expected


def test_another_end_is_no_removal() -> None:
    """What moved is censored where it was last seen."""
    assert took(case(1, seen=30, gone=40, case_class=CaseClass.MOVED)) == (30 * STEPS_H, None)


@pytest.mark.parametrize("later", [CaseClass.MOVED, CaseClass.DARK, CaseClass.DNS_ENDED])
def test_a_removal_stays_one_whatever_followed_its_return(later: CaseClass) -> None:
    """Removed after 3 h, back on day 2, then another end: the first end was a removal."""
    back = case(1, seen=2, gone=3, case_class=later, back_at=2 * DAY)
    assert took(back) == (2 * STEPS_H, 3 * STEPS_H)
    assert took_as(back) == "removed"


def test_shares_rise_with_time_and_lie_in_their_intervals() -> None:
    """Bounds within intervals, quantiles as cells, all of it of a drawn report."""
    found = times(drawn_followed())
    assert found is not None
    lows = [row.bounds[0] for row in found.removed_by]
    assert lows == sorted(lows)
    for row in found.removed_by:
        assert row.interval[0] <= row.bounds[0] <= row.bounds[1] <= row.interval[1]
    half, nine = found.quantiles
    assert half is not None
    assert nine is not None
    assert half[1] <= nine[1]
    assert times([]) is None


def test_ends_sum_to_all_cases() -> None:
    """At any hour the ends and what is left are 1; alone removals come no later."""
    found = ends(drawn_followed())
    for i in range(len(found.hours)):
        whole = sum(curve[i] for curve in found.by_end.values()) + found.left[i]
        assert whole == pytest.approx(1, abs=1e-5)
        assert found.alone[i] >= found.by_end["removed"][i] - 1e-6


def test_nobody_reached_has_no_quantile() -> None:
    """Cases that are all there: the share removed is 0, and half is not reached."""
    cases = [case(i, incident=f"i{i}", seen=200, gone=None) for i in range(5)]
    found = times(cases)
    assert found is not None
    assert (found.quantiles, found.open) == ((None, None), 5)


@pytest.mark.parametrize("columns", [{"backed": False}, {"flags": (Flag.CLOAKED.value,)}])
def test_a_sighting_that_may_not_count_is_none(columns: dict[str, object]) -> None:
    """It makes nobody slow: the case was there at the notice, and no more is known (3.3, 9.8)."""
    assert took(case(1, seen=30, gone=40, **columns)) == (0, 40 * STEPS_H)
    assert took(case(1, seen=30, gone=None, **columns)) == (0, None)


def test_a_hoster_is_not_slow_by_sightings_that_may_not_count() -> None:
    """Ten cases gone after 40 h and last seen after 30 h may each have been removed at once."""
    named = [case(i, incident=f"i{i}", day=i, seen=30, gone=40) for i in range(10)]
    hidden = [case(i, incident=f"i{i}", day=i, seen=30, gone=40, backed=False) for i in range(10)]
    within = [times(cases).removed_by[3].bounds for cases in (named, hidden)]
    assert within == [(0.0, 0.0), (0.0, 1.0)]


def test_what_moved_at_once_is_among_the_ends() -> None:
    """Of four cases one moved after 3 h: a quarter, from 4 h on."""
    moved = {"case_class": CaseClass.MOVED, "seen": 2, "gone": 3}
    cases = [case(1, incident="a", **moved), *(case(i, incident=f"i{i}") for i in range(2, 5))]
    found = ends(cases)
    assert found.by_end["moved"][:3] == (0.0, 0.25, 0.25)


def test_a_report_that_was_taken_back_is_an_end() -> None:
    """At its time, whatever was seen before; without the column it was last seen at L."""
    back = {"case_class": CaseClass.WITHDRAWN, "seen": 2, "gone": None}
    withdrawn = case(1, withdrawn_at=11 * HOUR, **back)
    assert took_as(withdrawn) == "withdrawn"
    assert ends([withdrawn, case(2, seen=900, gone=None)]).by_end["withdrawn"][:3] == (0, 0, 0.5)
    assert took_as(case(1, **back)) is None


def test_a_case_of_a_sample_stands_for_as_many() -> None:
    """Ends and times of a removed case of weight 3 and an open one: three of four."""
    cases = [
        case(1, incident="a", weight=3.0, seen=1, gone=2),
        case(2, incident="b", seen=900, gone=None),
        case(3, incident="c", weight=0.0),
    ]
    assert ends(cases).by_end["removed"][1] == 0.75
    found = times(cases)
    assert found is not None
    assert found.removed_by[1].bounds == (0.75, 0.75)
