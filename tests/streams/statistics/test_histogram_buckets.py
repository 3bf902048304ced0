"""Durations in buckets are those that are there, whatever came and went."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.histogram_buckets import Buckets

BOUNDS_S = (1, 5, 60)
TOOK = st.integers(0, 70_000) | st.sampled_from(
    [s * 1_000 + d for s in BOUNDS_S for d in (-1, 0, 1)]
)


@given(st.lists(TOOK), st.lists(TOOK))
def test_a_duration_on_a_bound_belongs_to_the_bucket_it_closes(stay, go):
    """Counts, sum and number are those of what stayed."""
    found = Buckets(BOUNDS_S)
    for took in stay + go:
        found.change(took, 1)
    for took in go:
        found.change(took, -1)
    counts = [0] * (len(BOUNDS_S) + 1)
    for took in stay:
        counts[bisect_left([1_000 * bound for bound in BOUNDS_S], took)] += 1
    assert (found.counts, found.sum_ms, found.n) == (counts, sum(stay), len(stay))
