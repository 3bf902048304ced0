"""The turns of one probe where its redirects lead, so that nobody is asked often by way of others.

A case's own lanes are held while it is probed. A redirect to another address, network, name or
hoster asks for those lanes too, and holds them until the probe ends. So many URLs that lead to one
server do not ask it more often, or more at once, than the URLs of one hoster would.
"""

from collections import Counter
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from agents.clock import Clock
from agents.edges.geo.host_locator import Locator
from agents.edges.http_probe.connection import ProbeFailed
from agents.stages.probe.politeness_wait import NotAdmitted, RateLimiter
from schemas.closed_lists import ProbeError
from streams.registry.snapshot import UNKNOWN
from streams.schedule.politeness import lanes_of, name_lane
from streams.schedule.priority import QueueRequest, after_redirect

WAIT_PART: Final = 0.5
"""Of what is left of the deadline, how much may be waited for a turn: the rest is for an answer."""


class RedirectLimits:
    """What one probe asks of whom; a context that ends with the probe.

    Args:
        rate_limiter: admits each request.
        queue_request: what the probe has its turn for.
        locator: knows whose an address is.
        clock: world time.
    """

    def __init__(
        self, rate_limiter: RateLimiter, queue_request: QueueRequest, locator: Locator, clock: Clock
    ) -> None:
        self._rate_limiter = rate_limiter
        self._queue_request = queue_request
        self._locator = locator
        self._clock = clock
        self._held = set(queue_request.lanes)
        self._at = queue_request.lanes
        self._asked: Counter[str] = Counter()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Begin with the lanes of the probe itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Count what was asked of each lane, and give back those that redirects led to."""
        for lane, requests in self._asked.items():
            self._rate_limiter.spent((lane,), requests)
        await self._stack.aclose()

    async def to(self, host: str, address: str, within_s: float) -> None:
        """Take the turn at an address, if the probe has not got it.

        Args:
            host: whose name is asked for there.
            address: allowed by the gate.
            within_s: what is left of the probe's deadline, wall seconds.

        Raises:
            ProbeFailed: there is no turn in time.
        """
        lanes = await self._lanes(host, address)
        wanting = tuple(lane for lane in lanes if lane not in self._held)
        if wanting:
            now = self._clock.now()
            until = now + self._clock.world_ms(max(0.0, within_s) * WAIT_PART)
            try:
                await self._stack.enter_async_context(
                    self._rate_limiter.acquire(
                        after_redirect(self._queue_request, wanting, now, until)
                    )
                )
            except NotAdmitted:
                raise ProbeFailed(ProbeError.RATE_LIMITED_HOP) from None
            self._held.update(wanting)
        self._at = lanes

    def sent(self) -> None:
        """Count a request where the probe is now."""
        self._asked.update(self._at)

    def rest(self, retry_after_s: int | None) -> None:
        """Leave the name that was asked last in peace; it answered 429 or 503.

        Args:
            retry_after_s: what it asked for; None = nothing.
        """
        self._rate_limiter.rest(self._at[-1], retry_after_s)

    async def _lanes(self, host: str, address: str) -> tuple[str, ...]:
        if name_lane(host, address) == self._queue_request.lanes[-1]:
            return self._queue_request.lanes
        literal = f"[{address}]" if ":" in address else address
        located = await self._locator.locate(literal, self._clock.now())
        hoster = located.spots[0].hoster if located.spots else UNKNOWN
        return lanes_of(hoster, address, host)
