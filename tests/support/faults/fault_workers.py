"""Workers of the fault tests: real `hostwatch worker` processes that end as they are told."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import fork_server
from fault_world import FaultWorld
from fork_server import HOSTWATCH, ForkedProcess

from agents.edges.child_process.processes import end, identify
from agents.engine.fault_points import VARIABLE, PlantedFault

READY_DEADLINE_S: Final = 90.0
END_DEADLINE_S: Final = 120.0
"""Of a process that must end by itself: the broker may be asked for a minute before."""

STOP_GRACE_S: Final = 40.0

RESTARTED: Final = frozenset({2, 70})
"""Codes after which a service manager starts it again: no broker at the start, and a crash."""

STOPPED: Final = "T"
"""The state of a thread that a signal has stopped (proc(5))."""

RESTART_AFTER_S: Final = 1.0
"""As service managers wait before they start a program again."""

_POLL_S: Final = 0.02


@dataclass(slots=True)
class Worker:
    """One process.

    Attributes:
        name: its roles, in messages.
        process: the process.
        said: the lines it has written.
        ready: set once it says that it runs.
    """

    name: str
    process: asyncio.subprocess.Process | ForkedProcess
    said: list[str] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _listener: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Take down what it says until it ends."""
        out = self.process.stdout
        assert out is not None
        async for line in out:
            self.said.append(line.decode(errors="replace").rstrip())
            if "running: " in self.said[-1]:
                self.ready.set()

    async def is_ready(self) -> None:
        """Wait until it runs.

        Raises:
            AssertionError: it ended, or was not ready in time.
        """
        waiting = {asyncio.create_task(self.ready.wait()), asyncio.create_task(self.ended())}
        _, pending = await asyncio.wait(
            waiting, timeout=READY_DEADLINE_S, return_when=asyncio.FIRST_COMPLETED
        )
        for task in pending:
            task.cancel()
        assert self.ready.is_set(), self.tale()

    async def ended(self) -> int:
        """Wait until the process has ended and all it said is taken down; return its code."""
        code = await self.process.wait()
        if self._listener is not None:
            await asyncio.wait([self._listener])
        return code

    async def ends_itself(self) -> int:
        """Return the code with which the process ends by itself.

        Raises:
            AssertionError: it goes on and on.
        """
        try:
            async with asyncio.timeout(END_DEADLINE_S):
                return await self.ended()
        except TimeoutError:
            raise AssertionError(f"{self.name} does not end: {self.tale()}") from None

    async def stopped(self) -> None:
        """Wait until all threads of the process stand still."""
        async with asyncio.timeout(READY_DEADLINE_S):
            while not self._standing_still():
                assert self.process.returncode is None, self.tale()
                await asyncio.sleep(_POLL_S)

    def _standing_still(self) -> bool:
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return all(stat.read_text().rpartition(")")[2].split()[0] == STOPPED for stat in threads)

    def check(self) -> None:
        """Raise if it has ended."""
        assert self.process.returncode is None, self.tale()

    def kill(self) -> None:
        """Send SIGKILL."""
        self.process.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.process.send_signal(signal.SIGTERM)

    def wake(self) -> None:
        """Let a stopped process go on."""
        self.process.send_signal(signal.SIGCONT)

    def tale(self) -> str:
        """Return who it is, how it ended, and what it said last."""
        return "\n".join((f"{self.name} ({self.process.returncode}):", *self.said[-40:]))

    async def close(self) -> None:
        """End it, whatever it does."""
        found = identify(self.process.pid)
        if found is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            await asyncio.to_thread(end, found, STOP_GRACE_S)
        await self.ended()


async def start(
    world: FaultWorld,
    roles: Sequence[str],
    *,
    instance: str | None = None,
    fault: PlantedFault | None = None,
    before: str = "",
) -> Worker:
    """Start a worker of some roles; return at once.

    Args:
        world: the run.
        roles: its roles.
        instance: its name among members, so that it takes its partitions back after a kill.
        fault: what it does to itself.
        before: statements that its process carries out first.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HOSTWATCH_")}
    ours = {} if instance is None else {"HOSTWATCH_KAFKA__INSTANCE": instance}
    ours["HOSTWATCH_WEB__PORT"] = "0"  # several workers serve on this machine
    if fault is not None:
        ours[VARIABLE] = fault.variable(fork_server.server_pid())
    command = ("--config", str(world.config), "worker", *roles)
    process = await fork_server.start(
        command, world.folder, {**kept, **ours}, program=before + HOSTWATCH
    )
    worker = Worker("+".join(roles), process)
    worker._listener = asyncio.create_task(worker.listen())
    return worker


@asynccontextmanager
async def running(
    world: FaultWorld,
    roles: Sequence[str],
    *,
    instance: str | None = None,
    fault: PlantedFault | None = None,
    before: str = "",
) -> AsyncIterator[Worker]:
    """Run a worker for the duration of the block; see `start`."""
    worker = await start(world, roles, instance=instance, fault=fault, before=before)
    try:
        yield worker
    finally:
        await worker.close()


@dataclass(slots=True)
class Keeper:
    """Keeps a worker going as a service manager does: one that stopped itself is started again.

    Attributes:
        world: the run.
        roles: of the worker.
        lives: how often it was started.
        worker: the one that runs.
        tales: how each that ended did so.
    """

    world: FaultWorld
    roles: Sequence[str]
    lives: int = 0
    worker: Worker | None = None
    tales: list[str] = field(default_factory=list)

    async def work(self) -> None:
        """Keep it going until cancelled.

        Raises:
            AssertionError: it ended in another way than by stopping itself.
        """
        while True:
            instance = "-".join(("kept", *self.roles))
            async with running(self.world, self.roles, instance=instance) as self.worker:
                self.lives += 1
                code = await self.worker.ended()
            self.tales.append(self.worker.tale())
            assert code in RESTARTED, self.worker.tale()
            await asyncio.sleep(RESTART_AFTER_S)


@asynccontextmanager
async def kept(world: FaultWorld, *groups: Sequence[str]) -> AsyncIterator[list[Keeper]]:
    """Keep workers of some roles going for the duration of the block.

    Raises:
        AssertionError: one ended in another way than by stopping itself.
    """
    keepers = [Keeper(world, roles) for roles in groups]
    tasks = [asyncio.create_task(keeper.work()) for keeper in keepers]
    main = asyncio.current_task()
    assert main is not None
    for task in tasks:
        task.add_done_callback(lambda done: done.cancelled() or main.cancel())
    try:
        yield keepers
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end_of in ends:
            if isinstance(end_of, AssertionError):
                raise end_of
