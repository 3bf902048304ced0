"""Worlds in which time runs faster, or by leaps."""

import time

from agents.clock import Clock


def quick(speed: float) -> Clock:
    """Return a clock that shows the true time now and runs faster from here."""
    now = time.time_ns() // 1_000_000
    return Clock(start_wall_ms=now, start_world_ms=now, speed=speed)


class Leaping(Clock):
    """The machine's clock, put forward or back by a test."""

    __slots__ = ("by_ms",)

    def __init__(self) -> None:
        """Begin with the machine's time."""
        super().__init__()
        object.__setattr__(self, "by_ms", 0)

    def now(self) -> int:
        """Return what it shows."""
        return super().now() + self.by_ms

    def leap(self, by_ms: int) -> None:
        """Put it forward, or back."""
        object.__setattr__(self, "by_ms", self.by_ms + by_ms)
