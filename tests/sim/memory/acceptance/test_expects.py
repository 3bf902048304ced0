"""The table of a scenario: the run's own properties first, figures as people read them."""

import pytest

from sim.memory.acceptance.expects import bounds, percent


@pytest.mark.parametrize(
    ("share", "said"), [(None, "-"), (0.0, "0.0 %"), (0.125, "12.5 %"), (1.0, "100.0 %")]
)
def test_a_share_is_said_in_per_cent(share: float | None, said: str) -> None:
    """None where there is none."""
    assert percent(share) == said


def test_bounds_are_said_from_to() -> None:
    """None where there are none."""
    assert bounds((0.25, 0.5)) == "25.0 % to 50.0 %"
    assert bounds(None) == "-"
