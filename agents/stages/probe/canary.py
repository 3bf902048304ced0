"""Whether a vantage can see at all: its canary, a page of the operator's that is always there.

While a vantage's canary does not answer, its observations count for nothing: they show neither a
removal nor a sighting. What the vantage then says of others it may be saying of itself
(docs/measurement.md, Verdicts). It is asked when a probe was made and the last answer is older than
a minute, so a vantage at rest asks nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from agents.clock import Clock
from agents.process.log import log
from schemas.moments import MINUTE_MS, Instant

FRESH_MS: Final = MINUTE_MS
"""World time for which one answer of the canary stands."""


class Canary:
    """Remembers what the canary last answered.

    Args:
        ask: asks the canary and tells whether it answered as expected; None = there is none.
        clock: world time.
        say: is told what it answered.
        vantage: whose it is, for the log.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[bool]] | None,
        clock: Clock,
        say: Callable[[bool], None] = lambda _: None,
        vantage: str = "",
    ) -> None:
        self._ask_canary = ask
        self._clock = clock
        self._say = say
        self._vantage = vantage
        self._asked_at: Instant | None = None
        self._ok = True
        self._flight: asyncio.Task[None] | None = None

    async def ok(self, at: Instant) -> bool:
        """Return whether the canary answered, by a probe no older than a minute before `at`.

        Args:
            at: when the probe was made that is to be stamped.
        """
        while self._ask_canary is not None and (
            self._asked_at is None or self._asked_at < at - FRESH_MS
        ):
            if self._flight is None or self._flight.done():
                self._flight = asyncio.create_task(self._ask(self._ask_canary))
            await asyncio.shield(self._flight)
        return self._ok

    async def _ask(self, ask: Callable[[], Awaitable[bool]]) -> None:
        began_at = self._clock.now()
        before, self._ok = self._ok, await ask()
        if before != self._ok:
            log("probe").warning("canary", healthy=self._ok, vantage=self._vantage)
        self._say(self._ok)
        self._asked_at = began_at
