"""Laws of weights: samples stand for all, and what is said of their doubt holds."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.sampling_weights import WHOLE, WeightedCases, share, share_interval, weight

PARTS = st.lists(
    st.builds(
        lambda inclusion, yes, no: WeightedCases(weight(inclusion), yes, yes + no),
        st.sampled_from([1.0, 0.5, 0.3, 0.05]),
        st.integers(0, 40),
        st.integers(0, 40),
    ),
    max_size=4,
)


def test_a_sampled_case_stands_for_one_over_its_probability():
    """To six decimals, so that sums of weights are whole numbers."""
    assert weight(1.0) == WHOLE
    assert weight(0.25) == 4 * WHOLE
    assert weight(0.3) == 3_333_333


def test_a_share_is_that_of_what_the_cases_stand_for():
    """4 of 10 at p = 1/2 and 6 of 10 probed for certain: (8 + 6) / (20 + 10)."""
    assert share([WeightedCases(weight(0.5), 4, 10), WeightedCases(WHOLE, 6, 10)]) == pytest.approx(
        14 / 30
    )
    assert share([]) is None
    assert share_interval([]) is None


def test_where_all_are_probed_nothing_is_in_doubt():
    """The interval speaks of sampling: without any it is the share itself."""
    assert share_interval([WeightedCases(WHOLE, 3, 10)]) == (0.3, 0.3)


@pytest.mark.parametrize("yes", [0, 20])
def test_a_sample_without_exception_is_not_certain(yes):
    """None of 20 seen late is not none of 80; an interval of no width would say so."""
    low, high = share_interval([WeightedCases(weight(0.25), yes, 20)])
    assert 0.08 < high - low < 0.25


def test_the_interval_equals_one_worked_by_hand():
    """Of 100 at p = 1/2, 30: n = 100 * 2 / (2 - 1) = 200; Wilson's ends at 0.3 and 200."""
    low, high = share_interval([WeightedCases(weight(0.5), 30, 100)])
    assert (low, high) == (pytest.approx(0.24075, abs=1e-5), pytest.approx(0.36679, abs=1e-5))


@given(PARTS)
def test_the_interval_holds_its_share_and_stays_a_share(parts):
    """0 <= low <= share <= high <= 1, whatever was drawn."""
    found, interval = share(parts), share_interval(parts)
    assert (found is None) == (interval is None)
    if found is not None:
        low, high = interval
        assert -1e-12 <= low <= found + 1e-12
        assert found - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("strata", "needed"),
    [
        (((0.2, 1_500, 0.5),), 0.93),
        (((0.1, 2_000, 0.97),), 0.93),
        (((0.3, 400, 0.02),), 0.93),
        (((0.1, 900, 0.9), (1.0, 600, 0.2), (0.5, 500, 0.6)), 0.93),
    ],
)
def test_the_interval_covers_the_truth_of_all_cases(strata, needed):
    """In 600 draws the share among all cases lies inside as often as it is said to.

    Two points less may be chance, as the error of so many draws is one. Each of `strata` has a
    probability, a number of cases and the share that is in time. Where they differ both in
    probability and in share, an unweighted share would be far off.
    """
    chance = Random(20_261_125)
    world = [
        (inclusion, [chance.random() < rate for _ in range(n)]) for inclusion, n, rate in strata
    ]
    truth = sum(sum(cases) for _, cases in world) / sum(len(cases) for _, cases in world)
    inside, estimates = 0, []
    for _ in range(600):
        parts = []
        for inclusion, cases in world:
            drawn = [yes for yes in cases if chance.random() < inclusion]
            parts.append(WeightedCases(weight(inclusion), sum(drawn), len(drawn)))
        low, high = share_interval(parts)
        inside += low <= truth <= high
        estimates.append(share(parts))
    assert inside / 600 >= needed
    assert sum(estimates) / 600 == pytest.approx(truth, abs=0.006)
