"""The demo's worker: a child that may be killed and started again while the world goes on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from agents.clock import Clock
from agents.edges.child_process.processes import end, identify
from schemas.moments import Instant
from sim.demo.children import Child
from sim.world.outages import Outages

NAME: Final = "worker"


@dataclass(slots=True)
class DemoWorker:
    """The worker, whichever process it is by now.

    Attributes:
        command: what it runs.
        clock: world time.
        child: its present process.
        outages: when it was not there.
    """

    command: Sequence[str]
    clock: Clock
    child: Child
    outages: Outages = field(default_factory=Outages)
    _killed: Child | None = None
    _succeeded: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def away(self) -> bool:
        """Whether it was killed and is not back."""
        return self.outages.last_is_open

    @classmethod
    async def start(cls, command: Sequence[str], log: Path, clock: Clock) -> Self:
        """Start it; what it says goes to the log."""
        return cls(command, clock, await Child.start(NAME, command, log))

    async def ended(self) -> None:
        """Wait until it ends by itself, which it must not; being killed is none of its doing.

        Raises:
            UserError: it did.
        """
        while True:
            child, succeeded = self.child, self._succeeded
            await child.process.wait()
            if child is not self._killed:
                await child.ended()
            await succeeded.wait()

    async def stop(self) -> None:
        """End it, orderly and then by force."""
        await self.child.stop()

    def kill(self) -> None:
        """Have it killed as soon as it is there."""
        self._wanted.set()

    async def die(
        self,
        every_s: float | None,
        stop: asyncio.Event,
        back: Callable[[Instant], Awaitable[None]],
    ) -> None:
        """Kill it (SIGKILL) and start it again, time after time and whenever `kill` is called.

        Args:
            every_s: wall time between kills; None = only when called.
            stop: ends this; a worker that is away by then is waited for.
            back: returns once the worker works again, given when it was killed.

        Raises:
            UserError: it did not come back.
        """
        loop = asyncio.get_running_loop()
        since_s = loop.time()
        while not await self._spared(stop, None if every_s is None else since_s + every_s):
            since_s = loop.time()
            killed_at = self.clock.now()
            self.outages.begin(killed_at)
            await self._replace()
            await back(killed_at)
            self.outages.end(self.clock.now())

    async def _spared(self, stop: asyncio.Event, until_s: float | None) -> bool:
        """Wait for the next kill, by the loop's clock, and return whether there is none."""
        loop = asyncio.get_running_loop()
        waits = [asyncio.create_task(event.wait()) for event in (stop, self._wanted)]
        left_s = None if until_s is None else max(0.0, until_s - loop.time())
        await asyncio.wait(waits, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._wanted.clear()
        return stop.is_set()

    async def _replace(self) -> None:
        self._killed = self.child
        found = identify(self.child.process.pid)
        if found is not None:
            await asyncio.to_thread(end, found, 0)
        await self.child.process.wait()
        self.child = await Child.start(NAME, self.command, self.child.log)
        succeeded, self._succeeded = self._succeeded, asyncio.Event()
        succeeded.set()
