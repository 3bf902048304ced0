"""How long removals take, and how cases end."""

import pytest
from drawn_report import drawn_counted
from reported import case

from schemas.reasons import CaseClass
from streams.report.figures.counted import counted
from streams.report.figures.removal_times import STEPS_H, ends, times, took

DAY_S = 86_400


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


def test_shares_rise_with_time_and_lie_in_their_intervals() -> None:
    """Bounds within intervals, quantiles as cells, all of it of a drawn report."""
    found = times(drawn_counted())
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
    found = ends(drawn_counted())
    for i in range(len(found.hours)):
        whole = sum(curve[i] for curve in found.by_end.values()) + found.left[i]
        assert whole == pytest.approx(1, abs=1e-5)
        assert found.alone[i] >= found.by_end["removed"][i] - 1e-6


def test_nobody_reached_has_no_quantile() -> None:
    """Cases that are all there: the share removed is 0, and half is not reached."""
    cases = [case(i, incident=f"i{i}", seen=200, gone=None) for i in range(5)]
    found = times(counted(cases, DAY_S))
    assert found is not None
    assert (found.quantiles, found.open) == ((None, None), 5)
