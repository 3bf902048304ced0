"""Whether the machine's clock can be trusted for a probe: L and R are what it says.

See docs/measurement.md, Clocks.

A probe whose time is doubtful says nothing of the content. The clock is held against two others:
the machine's own monotonic one while a probe lasts, and the broker's, which stamps orders and
facts.
"""

import asyncio
from dataclasses import dataclass
from typing import Final, Self

from agents.clock import Clock
from schemas.moments import MINUTE_MS, Instant

JUMP_MAX_S: Final = 1.0
"""A clock that is slewed gains 5 ms in a probe of 10 s; one that moves by more was set."""

APART_MAX_MS: Final = 5 * MINUTE_MS
"""As much as a hotline's time may lie after its record's append time."""


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One moment on the world's clock and on the monotonic one."""

    clock: Clock
    world_at: Instant
    monotonic_s: float

    @classmethod
    def taken(cls, clock: Clock) -> Self:
        """Take one now."""
        return cls(clock, clock.now(), asyncio.get_running_loop().time())

    def has_jumped(self) -> bool:
        """Return whether the clock was set since, or the machine slept."""
        passed_s = self.clock.wall_seconds(self.clock.now() - self.world_at)
        return abs(passed_s - (asyncio.get_running_loop().time() - self.monotonic_s)) > JUMP_MAX_S


def is_behind(clock: Clock, appended_at: Instant) -> bool:
    """Return whether a record was appended so long after the present that one clock is wrong.

    A clock that is ahead of the broker's cannot be told from an order that waited; see `ahead_of`.

    Args:
        clock: world time.
        appended_at: the record's broker append time.
    """
    return appended_at - clock.now() > APART_MAX_MS


def ahead_of(clock: Clock, broker_ms: int | None) -> Instant | None:
    """Return what the broker's clock shows if that is so much less that one clock is wrong, else
    None.

    Args:
        clock: world time.
        broker_ms: what the broker's clock shows at most, in wall time; None = not known.
    """
    if broker_ms is None:
        return None
    broker_at = clock.world(broker_ms)
    return broker_at if clock.now() - broker_at > APART_MAX_MS else None
