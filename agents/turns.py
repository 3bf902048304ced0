"""Whose turn it is: a look waits here until every lane it asks of is free, one look at a time.

Nothing shared is held while waiting, so a crowd before one hoster stands in nobody's way.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from agents.clock import Clock
from schemas.moments import Instant
from streams.politeness import Politeness

WAIT_WALL_MAX_S: Final = 3_600.0
"""A timer is set for an hour at most; a machine that slept wakes to the true time."""


class NoTurn(Exception):
    """The turn would come after the window."""


async def wait_until(clock: Clock, at: Instant) -> None:
    """Return when the world's clock has reached an instant."""
    left_ms = at - clock.now()
    while left_ms > 0:
        await asyncio.sleep(min(clock.wall_seconds(left_ms), WAIT_WALL_MAX_S))
        left_ms = at - clock.now()


class Turns:
    """Gives turns.

    Args:
        politeness: books the moments.
        clock: world time.
    """

    def __init__(self, politeness: Politeness, clock: Clock) -> None:
        self._politeness = politeness
        self._clock = clock
        self._busy: set[str] = set()
        self._queues: dict[str, deque[asyncio.Future[None]]] = defaultdict(deque)

    @asynccontextmanager
    async def turn(self, lanes: tuple[str, ...], not_after: Instant) -> AsyncIterator[None]:
        """Hold the lanes for the time of a look.

        Args:
            lanes: what the look asks of.
            not_after: when it has to have begun.

        Raises:
            NoTurn: it cannot begin in time.
        """
        while True:
            slot_at = self._politeness.book(lanes, self._clock.now(), not_after)
            if slot_at is None:
                raise NoTurn
            await wait_until(self._clock, slot_at)
            if not self._politeness.resting(lanes, self._clock.now()):
                break  # else a server asked for rest after the moment was booked
        try:
            async with asyncio.timeout(self._clock.wall_seconds(not_after - self._clock.now())):
                await self._take(lanes)
        except TimeoutError:
            raise NoTurn from None
        try:
            yield
        finally:
            self._busy.difference_update(lanes)
            for lane in lanes:
                self._wake(lane)

    async def _take(self, lanes: tuple[str, ...]) -> None:
        while blocked := next((lane for lane in lanes if lane in self._busy), None):
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._queues[blocked].append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self._wake(blocked)  # the turn that was given goes to the next one
                raise
            if blocked not in self._busy and any(lane in self._busy for lane in lanes):
                self._wake(blocked)
        self._busy.update(lanes)

    def _wake(self, lane: str) -> None:
        queue = self._queues.get(lane)
        while queue:
            waiter = queue.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._queues.pop(lane, None)
