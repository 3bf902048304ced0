"""What a flood is made of: shares are shares, and what follows a report falls into the run."""

import pytest

from schemas.moments import MINUTE_MS
from sim.load import shares

PARTS = (
    *("NEW_HOST", "LITERAL", "PLAIN", "PORT", "NOTICED", "ANSWERED", "RESENT", "SHARED"),
    *("CHECKED", "WITHDRAWN", "BAD", "CONFLICTING", "LATE", "EARLY"),
)


@pytest.mark.parametrize("name", PARTS)
def test_each_share_of_the_load_is_between_0_and_1(name: str) -> None:
    """More than none and less than all."""
    assert 0 < getattr(shares, name) < 1


def test_most_records_are_taken() -> None:
    """A flood of bad records would show another thing."""
    assert shares.BAD + shares.CONFLICTING < 0.05


def test_what_follows_a_report_follows_soon() -> None:
    """It has to fall into a run of minutes; what is late comes a month after."""
    assert shares.SOON_MS < MINUTE_MS <= shares.LAG_MAX_MS < shares.LATE_MAX_MS
