"""A distribution of waits in bounded memory."""

import math

from hypothesis import given
from hypothesis import strategies as st

from sim.load.wait_histogram import Spread

WAITS = st.lists(st.floats(0.02, 1e7), min_size=1, max_size=200)


@given(WAITS, st.sampled_from([0.5, 0.99, 1.0]))
def test_a_share_is_read_back_within_a_hundredth(waits, share):
    """The wait that a share did not exceed is that of the sorted list, within a bucket's width."""
    spread = Spread()
    for wait in waits:
        spread.add(wait)
    exact = sorted(waits)[math.ceil(share * len(waits)) - 1]
    found = spread.at(share)
    assert found is not None
    assert abs(found - exact) <= 0.012 * exact + 0.005
    assert len(spread) == len(waits)


def test_no_waits_have_no_median():
    """Of no waits there is no median, not one of nought."""
    assert Spread().at(0.5) is None
