"""Work that a page asks for and that may take longer than a reader waits.

It goes on when the page has been answered, and the same question finds its answer later. How much
runs at once and how much waits is bounded, so that no reader and no crowd of them slows the rest.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

RUNNING_MAX: Final = 2
"""At once; each reads a partition, which is what a core manages beside the stages."""

WAITING_MAX: Final = 30
"""Questions under way or waiting; who asks beyond is told to come again."""

KEPT_MAX: Final = 200
"""Answers that are kept, some 10 KB each."""

KEPT_S: Final = 60.0
"""An answer is kept for so long, and is as old at most; its page says of when it is."""

DEADLINE_S: Final = 120.0
"""For one question: a partition of ten million records is read in less."""


class Busy(Exception):
    """More is asked than can be worked on."""


class Failed(Exception):
    """The ledger could not be read in time."""


class UnknownOrExpired(Exception):
    """Nobody asked this, or the answer is not kept any more."""


@dataclass(slots=True)
class Jobs:
    """Answers questions in the background.

    Args:
        monotonic: seconds that never go back.
    """

    monotonic: Callable[[], float] = time.monotonic
    _running: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(RUNNING_MAX))
    _tasks: dict[str, asyncio.Task[Any]] = field(default_factory=dict)
    _ended_at: dict[str, float] = field(default_factory=dict)

    async def answer(
        self, key: str, make: Callable[[], Awaitable[Any]], wait_s: float
    ) -> tuple[bool, Any]:
        """Return whether the answer is there, and what it is.

        Args:
            key: of the question; who asks the same gets the same answer for a minute.
            make: works it out.
            wait_s: how long to wait for it, in seconds.

        Raises:
            Busy: there is too much to do.
            Failed: it could not be worked out.
        """
        self._forget()
        task = self._tasks.get(key)
        if task is None:
            if len(self._tasks) - len(self._ended_at) >= WAITING_MAX:
                raise Busy
            task = asyncio.create_task(self._run(make), name="lookup")
            self._tasks[key] = task
            task.add_done_callback(partial(self._ended, key))
        return await self._answered(key, task, wait_s)

    async def result(self, key: str, wait_s: float) -> tuple[bool, Any]:
        """Return whether the answer to what was asked before is there, and what it is.

        Args:
            key: of the question.
            wait_s: how long to wait for it, in seconds.

        Raises:
            UnknownOrExpired: there is no such question.
            Failed: it could not be worked out.
        """
        self._forget()
        task = self._tasks.get(key)
        if task is None:
            raise UnknownOrExpired
        return await self._answered(key, task, wait_s)

    async def stop(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answered(self, key: str, task: asyncio.Task[Any], wait_s: float) -> tuple[bool, Any]:
        await asyncio.wait({task}, timeout=wait_s)
        if not task.done():
            return False, None
        if task.cancelled() or task.exception() is not None:
            self._tasks.pop(key, None)
            self._ended_at.pop(key, None)
            raise Failed
        return True, task.result()

    async def _run(self, make: Callable[[], Awaitable[Any]]) -> Any:
        async with asyncio.timeout(DEADLINE_S), self._running:
            return await make()

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        if not task.cancelled():
            task.exception()  # taken note of: asyncio would print it if nobody comes back
        if key in self._tasks:
            self._ended_at[key] = self.monotonic()

    def _forget(self) -> None:
        now_s = self.monotonic()
        old = [key for key, at in self._ended_at.items() if now_s - at > KEPT_S]
        for key in (*old, *list(self._ended_at)[len(old) : len(self._ended_at) - KEPT_MAX]):
            self._tasks.pop(key, None)
            self._ended_at.pop(key, None)
