"""World time runs with wall time, faster where a practice world is in a hurry."""

import time

import pytest

from agents.clock import Clock

FAST = Clock(start_wall_ms=1_000, start_world_ms=50_000, speed=60.0)


def test_real_time_is_the_default() -> None:
    """Wall time is world time."""
    before = time.time_ns() // 1_000_000
    assert before <= Clock().now() <= time.time_ns() // 1_000_000
    assert Clock().world(12_345) == 12_345


@pytest.mark.parametrize(("wall_ms", "world_ms"), [(1_000, 50_000), (2_000, 110_000), (0, -10_000)])
def test_a_moment_is_brought_into_world_time(wall_ms: int, world_ms: int) -> None:
    """Counted from the one moment that both clocks share."""
    assert FAST.world(wall_ms) == world_ms


def test_world_time_and_wall_time_convert_into_each_other() -> None:
    """A world minute takes a wall second, and the other way about."""
    assert FAST.wall_seconds(60_000) == 1
    assert FAST.world_ms(FAST.wall_seconds(90_000)) == 90_000
