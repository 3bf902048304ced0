"""World time of a run in memory: so many times as fast as its virtual loop."""

import asyncio
from dataclasses import dataclass
from typing import Final

from agents.clock import Clock
from agents.config import ClockSettings
from schemas.moments import Instant

SPEED: Final = 1_000.0
"""World seconds in a second of the loop: lifecycle reads its wheel every 20 s of the world."""


@dataclass(frozen=True, slots=True)
class VirtualClock(Clock):
    """World time by the loop that runs.

    Attributes:
        apart_ms: the machine's clock shows so much more than the broker's, in world time.
    """

    apart_ms: int = 0

    def now(self) -> Instant:
        """Return the present instant in world time."""
        return self.at(asyncio.get_running_loop().time()) + self.apart_ms

    def at(self, loop_s: float) -> Instant:
        """Return the instant of a time of the loop; it is rounded, since timers are not exact."""
        return self.start_world_ms + round(loop_s * self.speed * 1_000)


def clock_from(start_at: Instant, speed: float = SPEED) -> VirtualClock:
    """Return the clock of a world that begins with its loop."""
    return VirtualClock(0, start_at, speed)


def settings_from(start_at: Instant, speed: float = SPEED) -> ClockSettings:
    """Return the settings of the same clock."""
    return ClockSettings(start_world_ms=start_at, speed=speed)
