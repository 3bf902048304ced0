"""Laws of Holm's procedure and of sets of ranks."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.report.multiplicity import confidence_each, rank_sets, rejected

P_VALUES = st.lists(st.floats(0, 1), max_size=12)
INTERVALS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda e: (min(e) / 8, max(e) / 8)),
    min_size=1,
    max_size=6,
)


def test_holm_stops_at_the_first_that_stands() -> None:
    """.01 <= .05/3, .02 <= .05/2 and .03 <= .05 all fall; .03 and .04 stand behind .01."""
    assert rejected([0.03, 0.01, 0.02]) == [True, True, True]
    assert rejected([0.01, 0.03, 0.04]) == [True, False, False]
    assert rejected([]) == []


@given(P_VALUES)
def test_holm_lies_between_bonferroni_and_no_correction(p_values: list[float]) -> None:
    """It rejects all that Bonferroni rejects, and nothing above 5 %."""
    for p, said in zip(p_values, rejected(p_values), strict=True):
        assert said or p > 0.05 / len(p_values)
        assert not said or p <= 0.05


@given(INTERVALS)
def test_rank_sets_are_those_of_all_values_within_the_intervals(
    intervals: list[tuple[float, float]],
) -> None:
    """A rank is in the set if and only if the intervals allow the hoster to be so many down."""
    for place, found in enumerate(rank_sets(intervals)):
        low, high = intervals[place]
        others = intervals[:place] + intervals[place + 1 :]
        assert found.low == 1 + sum(other > high for other, _ in others)
        assert found.high == len(intervals) - sum(other < low for _, other in others)


def test_disjoint_intervals_give_one_rank_each() -> None:
    """The largest share has rank 1, in any order of the hosters."""
    for order in permutations([(0.8, 0.9), (0.4, 0.5), (0.1, 0.2)]):
        by_value = sorted(order, reverse=True)
        assert [by_value[low - 1] for low, _ in rank_sets(order)] == list(order)


def test_intervals_by_sidak_hold_at_once() -> None:
    """39 independent intervals at 99.8686 % hold at once in 95 %."""
    assert round(confidence_each(39) ** 39, 12) == 0.95
