"""A median that was measured right lies within its bounds."""

import pytest

from sim.oracle.medians import within


@pytest.mark.parametrize(
    ("median_s", "low", "high", "holds"),
    [
        (5.0, 4.0, 6.0, True),
        (4.0, 4.0, 6.0, True),
        (6.0, 4.0, 6.0, True),
        (3.9, 4.0, 6.0, False),
        (6.1, 4.0, 6.0, False),
        (99.0, 4.0, None, True),
        (None, 4.0, None, True),
        (None, None, None, True),
        (None, 4.0, 6.0, False),
        (5.0, None, None, False),
    ],
)
def test_a_median_holds_within_its_bounds(median_s, low, high, holds: bool) -> None:
    """One that is not reached is right where it need not be; one that nothing reaches is wrong."""
    assert within(median_s, low, high) is holds
