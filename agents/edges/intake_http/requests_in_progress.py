"""The requests that the intake works on: how many, and the deadlines of what they wait for."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from agents.edges.intake_http.problems import Problem, ProblemError

REQUESTS_MAX: Final = 64
"""Requests in progress, each with its body in memory: 128 MiB at most."""

RETRY_AFTER_S: Final = 5


class RequestsInProgress:
    """Counts requests and keeps their deadlines.

    Attributes:
        count: requests that are worked on.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.count = 0
        self._waits: set[asyncio.Timeout] = set()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count a request while it is worked on.

        Raises:
            ProblemError: there are as many as the intake works on at a time.
        """
        if self.count >= REQUESTS_MAX:
            raise ProblemError(Problem.BUSY, retry_after_s=RETRY_AFTER_S)
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError after so many seconds, or sooner when the intake stops."""
        async with asyncio.timeout(seconds) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)

    def end_within(self, seconds: float) -> None:
        """Let every wait end after so many seconds at the latest."""
        latest_s = asyncio.get_running_loop().time() + seconds
        for wait in self._waits:
            wait.reschedule(min(latest_s, wait.when() or latest_s))
