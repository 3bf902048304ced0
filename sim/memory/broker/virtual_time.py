"""What is going to happen in the world, outside all processes, in order of time."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import TypeAlias

from schemas.moments import Instant
from sim.memory.broker.clock import VirtualClock
from sim.memory.broker.loop import VirtualLoop

Act: TypeAlias = Callable[[], object]
"""Something that happens."""


@dataclass(frozen=True, slots=True)
class WorldSchedule:
    """Plans what no process does.

    Attributes:
        loop: on whose time.
        clock: brings it into world time.
    """

    loop: VirtualLoop
    clock: VirtualClock

    @property
    def now(self) -> Instant:
        """Return the present instant."""
        return self.clock.at(self.loop.time())

    def plan(self, at: Instant, act: Act) -> None:
        """Have something happen at an instant; at once if that is over."""
        self.loop.call_at(self._time(at), act, context=Context())

    def run(self, until: Instant) -> None:
        """Let happen what happens up to an instant."""
        self.loop.run(self._time(until))

    def _time(self, at: Instant) -> float:
        return self.clock.wall_seconds(at - self.clock.start_world_ms)
