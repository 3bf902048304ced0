"""Whose turn it is: a probe waits here until every lane it asks of is free, one probe at a time.

Who goes first says `streams.schedule.probe_queue`. Nothing shared is held while waiting, so a crowd
before one hoster stands in nobody's way.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from agents.clock import Clock
from schemas.moments import Instant
from streams.schedule.politeness import Politeness
from streams.schedule.priority import QueueRequest
from streams.schedule.probe_queue import ProbeQueue, QueuedProbe

WAIT_WALL_MAX_S: Final = 3_600.0
"""A timer is set for an hour at most; a machine that slept wakes to the true time."""


class NotAdmitted(Exception):
    """The turn would come after the window, or too many of higher rank wait."""


async def wait_until(clock: Clock, at: Instant) -> None:
    """Return when the world's clock has reached an instant."""
    left_ms = at - clock.now()
    while left_ms > 0:
        await asyncio.sleep(min(clock.wall_seconds(left_ms), WAIT_WALL_MAX_S))
        left_ms = at - clock.now()


class RateLimiter:
    """Admits one probe at a time to each lane, as fast as politeness allows.

    Args:
        politeness: books the moments.
        clock: world time.
    """

    def __init__(self, politeness: Politeness, clock: Clock) -> None:
        self._politeness = politeness
        self._clock = clock
        self._probe_queue = ProbeQueue(politeness)
        self._told: dict[QueuedProbe, asyncio.Future[Instant | None]] = {}

    @property
    def waiting(self) -> int:
        """How many probes wait."""
        return self._probe_queue.waiting

    def is_hopeless(self, queue_request: QueueRequest, coming: int = 0) -> bool:
        """Return whether a probe would be turned away as it comes, by its hoster's lane alone.

        Args:
            queue_request: what it asks for; no lane if nobody knows its hoster.
            coming: probes that are on their way here and will go before it.
        """
        if not queue_request.lanes:
            return False
        return self._probe_queue.is_hopeless(queue_request, self._clock.now(), coming)

    @asynccontextmanager
    async def acquire(self, queue_request: QueueRequest) -> AsyncIterator[QueuedProbe]:
        """Hold the lanes for the time of a probe; one that is marked as unused took no moment.

        Args:
            queue_request: what the probe asks of, its rank, and when it has to have begun.

        Raises:
            NotAdmitted: it cannot begin in time, or probes of higher rank take its place.
        """
        queued = self._probe_queue.enqueue(queue_request, self._clock.now())
        told = self._told[queued] = asyncio.get_running_loop().create_future()
        self._tell()
        try:
            await wait_until(self._clock, await self._answer(told, queue_request.not_after))
            yield queued
        finally:
            self._told.pop(queued, None)
            self._probe_queue.leave(queued, self._clock.now())
            self._tell()

    def move(self, queued: QueuedProbe, lanes: tuple[str, ...]) -> bool:
        """Return whether a probe that has its turn has other lanes now, which were free.

        Args:
            queued: the probe's.
            lanes: what it asks of instead.
        """
        is_moved = self._probe_queue.move(queued, lanes, self._clock.now())
        self._tell()
        return is_moved

    def spent(self, lanes: tuple[str, ...], requests: int) -> None:
        """Count the requests of a probe beyond its first, while it has its turn."""
        self._politeness.charge(lanes, requests)

    def rest(self, lane: str, retry_after_s: int | None) -> None:
        """Leave a lane in peace after a 429 or 503, said while the probe has its turn.

        Args:
            lane: the name's.
            retry_after_s: what the server asked for; None = nothing.
        """
        now = self._clock.now()
        until = self._politeness.back_off(lane, now, retry_after_s)
        asyncio.get_running_loop().call_later(
            self._clock.wall_seconds(until - now + 1), self._wake, lane
        )

    def _wake(self, lane: str) -> None:
        self._probe_queue.wake(lane, self._clock.now())
        self._tell()

    async def _answer(self, told: asyncio.Future[Instant | None], not_after: Instant) -> Instant:
        left_ms = not_after - self._clock.now()
        try:
            async with asyncio.timeout(None if told.done() else self._clock.wall_seconds(left_ms)):
                slot_at = await told
        except TimeoutError:
            raise NotAdmitted from None
        if slot_at is None:
            raise NotAdmitted
        return slot_at

    def _tell(self) -> None:
        for queued, slot_at in self._probe_queue.news():
            told = self._told.get(queued)
            if told is not None and not told.done():
                told.set_result(slot_at)
