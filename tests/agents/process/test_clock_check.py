"""When the machine's clock is not trusted: it jumped, or the broker's shows something else."""

import asyncio

import pytest

from agents.clock import Clock
from agents.process.clock_check import APART_MAX_MS, ClockSample, ahead_of, is_behind
from schemas.moments import HOUR_MS, MINUTE_MS


class Standing(Clock):
    """A clock that stands still."""

    def now(self) -> int:
        """Return the one time."""
        return 1_770_000_000_000


@pytest.mark.parametrize(
    ("apart_ms", "is_ahead"),
    [(0, False), (-HOUR_MS, False), (5 * MINUTE_MS, False), (5 * MINUTE_MS + 1, True)],
)
def test_whose_clock_shows_more(apart_ms, is_ahead) -> None:
    """Five minutes are tolerated, and a clock behind shows in the orders instead."""
    clock = Standing()
    broker_at = clock.now() - apart_ms
    assert ahead_of(clock, broker_at) == (broker_at if is_ahead else None)
    assert ahead_of(clock, None) is None


@pytest.mark.parametrize(
    ("later_ms", "behind"), [(0, False), (APART_MAX_MS, False), (APART_MAX_MS + 1, True)]
)
def test_a_record_of_the_future_tells_that_a_clock_is_behind(later_ms: int, behind: bool) -> None:
    """One that is old tells nothing: it may have waited."""
    clock = Standing()
    assert is_behind(clock, clock.now() + later_ms) is behind
    assert not is_behind(clock, clock.now() - HOUR_MS)


class Set(Clock):
    """A clock that somebody sets."""

    moved_ms = 0

    def now(self) -> int:
        """Return the world's time, and by how much it was set."""
        return super().now() + type(self).moved_ms


@pytest.mark.parametrize("by_ms", [-HOUR_MS, -2_000, 2_000, HOUR_MS])
async def test_a_clock_that_is_set_has_jumped(monkeypatch: pytest.MonkeyPatch, by_ms: int) -> None:
    """By more than a second, in either direction; one that runs on has not."""
    reading = ClockSample.taken(Set(0, 0, 1))
    await asyncio.sleep(0)
    assert not reading.has_jumped()
    monkeypatch.setattr(Set, "moved_ms", by_ms)
    assert reading.has_jumped()
