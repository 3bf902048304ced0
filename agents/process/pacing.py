"""Spreads bursts over turns of the event loop, so that none of them is long.

When ten thousand orders become due at once, or as many probes end at one deadline, each works for
part of a millisecond before it waits again. Done in one turn of the loop that is seconds in which
nothing else happens; here so many pass in a turn and the others wait for the next one.
"""

import asyncio
from collections import deque
from typing import Final

PASSES: Final = 16
"""Passes in a turn: a few milliseconds of work, less than what a probe takes on the wire."""


class Pace:
    """Lets tasks pass, some in each turn, in the order they came."""

    def __init__(self, passes: int = PASSES) -> None:
        """Take how many pass in a turn."""
        self._passes = passes
        self._left = passes
        self._counting = False
        self._queue: deque[asyncio.Future[None]] = deque()

    async def yield_now(self) -> None:
        """Return at once while there is room in this turn, else in a later one."""
        if not self._counting:
            self._counting = True
            asyncio.get_running_loop().call_soon(self._next)
        if self._left > 0 and not self._queue:
            self._left -= 1
            return
        passing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(passing)
        await passing

    def _next(self) -> None:
        self._left = self._passes
        while self._queue and self._left > 0:
            passing = self._queue.popleft()
            if not passing.done():  # else its task was cancelled
                passing.set_result(None)
                self._left -= 1
        self._counting = self._left < self._passes
        if self._counting:
            asyncio.get_running_loop().call_soon(self._next)


class EvenRate:
    """Lets tasks pass at an even rate, in the order they came.

    A pause earns no burst: who counts packets sees at most so many in any second.
    """

    def __init__(self, per_s: int) -> None:
        """Take how many pass in a second of wall time."""
        self._step_s = 1 / per_s
        self._next_at = 0.0

    async def acquire(self) -> None:
        """Return at this task's moment, at once if nobody passed for a step."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next_at)
        self._next_at = at + self._step_s
        if at > now:
            await asyncio.sleep(at - now)
