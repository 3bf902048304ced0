"""World time: what the code means by now.

In production the world's clock is the machine's. In the practice world time runs faster:
world time = start + speed x wall time elapsed. Broker append times are wall times and are
brought into world time at the edge; deadlines of sockets and of the broker stay wall time.
"""

import time
from dataclasses import dataclass

from schemas.moments import Instant


@dataclass(frozen=True, slots=True)
class Clock:
    """Maps wall time to world time.

    Attributes:
        start_wall_ms, start_world_ms: one moment on both clocks.
        speed: world seconds in a wall second.
    """

    start_wall_ms: int = 0
    start_world_ms: Instant = 0
    speed: float = 1.0

    def now(self) -> Instant:
        """Return the present instant in world time."""
        return self.world(time.time_ns() // 1_000_000)

    def world(self, wall_ms: int) -> Instant:
        """Bring a wall time, such as a broker append time, into world time."""
        return self.start_world_ms + int((wall_ms - self.start_wall_ms) * self.speed)

    def wall_seconds(self, world_ms: int) -> float:
        """Return how many wall seconds a span of world milliseconds takes."""
        return world_ms / 1_000 / self.speed

    def world_ms(self, wall_s: float) -> int:
        """Return how many world milliseconds pass in a span of wall seconds."""
        return int(wall_s * 1_000 * self.speed)
