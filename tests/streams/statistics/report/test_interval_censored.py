"""The NPMLE of interval-censored times: against R, against its own definition."""

import json
from math import inf, log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.statistics.report.interval_censored import Distribution, Interval, npmle
from streams.statistics.survival import kaplan_meier

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "r" / "fixtures.json").read_text()
)["intervals"]

INTERVALS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 8), st.integers(0, 4)).map(lambda e: (e[0], e[0] + e[1])),
        st.integers(0, 8).map(lambda start: (start, None)),
    ),
    min_size=1,
    max_size=30,
)


def intervals_of(case: dict[str, Any]) -> list[Interval]:
    """Return a data set of R's as intervals."""
    ends = [None if end is None else round(end) for end in case["right"]]
    return [(round(start), end) for start, end in zip(case["left"], ends, strict=True)]


def likelihood(found: Distribution, intervals: list[Interval]) -> float:
    """Return the log likelihood by its definition."""
    return sum(log(_within(found, one)) for one in intervals)


def _within(found: Distribution, interval: Interval) -> float:
    start, end = interval[0], far_of(interval)
    return sum(
        mass
        for cell, mass in zip(found.cells, found.mass, strict=True)
        if cell == interval or (cell[0] >= start and far_of(cell) <= end and cell != (start, start))
    )


def far_of(interval: Interval) -> float:
    """Return an interval's end."""
    return inf if interval[1] is None else interval[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: len(case["left"]))
def test_the_interval_censored_estimate_agrees_with_r(case: dict[str, Any]) -> None:
    """S at every end of a cell within 1e-3 of npsurv, the likelihood within 1e-4."""
    intervals = intervals_of(case)
    found = npmle(intervals)
    assert likelihood(found, intervals) == pytest.approx(case["likelihood"][0], abs=1e-4)
    for at, expected in zip(case["at"], case["survival"], strict=True):
        low, high = found.survival_at(round(at))
        assert low - 1e-3 <= expected <= high + 1e-3


@settings(max_examples=60, deadline=None)
@given(INTERVALS)
def test_no_shift_of_mass_raises_the_likelihood(intervals: list[Interval]) -> None:
    """Moving a thousandth of the mass to any innermost interval never helps."""
    found = npmle(intervals)
    best = likelihood(found, intervals)
    assert sum(found.mass) == pytest.approx(1)
    for place in range(len(found.cells)):
        moved = [mass * 0.999 + 0.001 * (at == place) for at, mass in enumerate(found.mass)]
        other = Distribution(cells=found.cells, mass=tuple(moved))
        assert likelihood(other, intervals) <= best + 1e-6 * len(intervals)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=30))
def test_exact_times_give_kaplan_meier(cases: list[tuple[int, bool]]) -> None:
    """Where every end is known to the instant, it is the product-limit estimate."""
    found = npmle([(t, t if ended else None) for t, ended in cases])
    curve = kaplan_meier([t for t, _ in cases], [ended for _, ended in cases])
    for t, survival in zip(curve.times, curve.survival, strict=True):
        assert found.survival_at(t)[1] == pytest.approx(survival, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(INTERVALS, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_a_weight_of_two_is_two_cases(
    intervals: list[Interval], order: Any
) -> None:
    """A case of weight 2 is two cases; the order changes nothing that is printed."""
    doubled = npmle([*intervals, intervals[0]])
    weighted = npmle(intervals, [2.0] + [1.0] * (len(intervals) - 1))
    shuffled = npmle(order.sample(doubled_of := [*intervals, intervals[0]], len(doubled_of)))
    for at in range(13):
        expected = pytest.approx(doubled.survival_at(at), abs=1e-5)
        assert weighted.survival_at(at) == expected
        assert shuffled.survival_at(at) == expected


def test_a_quantile_is_the_cell_it_lies_in() -> None:
    """Half have ended within (1, 2]; what nobody reached has no quantile."""
    found = npmle([(0, 1), (1, 2), (0, 2), (2, None)])
    assert found.mass == pytest.approx((0.375, 0.375, 0.25))
    assert (found.quantile(0.5), found.quantile(0.9)) == ((1, 2), None)
    assert found.survival_at(1) == pytest.approx((0.625, 0.625))


@pytest.mark.parametrize("wrong", [[], [(2, 1)], [(-1, 3)]])
def test_what_is_no_interval_is_refused(wrong: list[Interval]) -> None:
    """No case, an end before its start, a time before 0."""
    with pytest.raises(ValueError, match=r"case|interval"):
        npmle(wrong)
