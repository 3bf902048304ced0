"""What tests of the live practice world share."""

import pytest

from schemas.moments import DAY_MS
from sim.world.world import WORLD_START


@pytest.fixture
def at():
    """Return an instant of the world's third day."""
    return WORLD_START + 2 * DAY_MS
