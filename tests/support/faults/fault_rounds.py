"""Rounds of killing: a supervisor restarts one worker again and again, each time with a fault."""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from fault_workers import Worker, running
from fault_world import FaultWorld

from agents.engine.fault_points import FaultAction, FaultPoint, PlantedFault

URLS_A_START: Final = 40
"""URLs fed each time a worker is ready, so that whatever it is to pass has something to do."""

URLS_MORE: Final = 10
MORE_EVERY_S: Final = 2.0
"""A trickle follows, for a fault that asks for several lists."""

FAULT_DEADLINE_S: Final = 90.0
"""A point that is not passed for so long, with input there, is not on the way of that role."""

PATHS: Final[dict[str, tuple[FaultPoint, ...]]] = {
    "intake": (
        FaultPoint.ASSIGNING,
        FaultPoint.ASSIGNED,
        FaultPoint.FETCHED,
        FaultPoint.HANDED,
        FaultPoint.JUDGED,
        FaultPoint.SENT,
        FaultPoint.WRITTEN,
        FaultPoint.SETTLED,
        FaultPoint.OFFSET_COMMITTED,
        FaultPoint.REVOKED,
    ),
    "attribution": (
        FaultPoint.ASSIGNING,
        FaultPoint.ASSIGNED,
        FaultPoint.FETCHED,
        FaultPoint.HANDED,
        FaultPoint.LOCATED,
        FaultPoint.SENT,
        FaultPoint.WRITTEN,
        FaultPoint.SETTLED,
        FaultPoint.OFFSET_COMMITTED,
        FaultPoint.REVOKED,
    ),
    "lifecycle": (
        FaultPoint.ASSIGNING,
        FaultPoint.ASSIGNED,
        FaultPoint.FETCHED,
        FaultPoint.HANDED,
        FaultPoint.FOLDED,
        FaultPoint.BEGUN,
        FaultPoint.SENT,
        FaultPoint.WRITTEN,
        FaultPoint.COMMITTED,
        FaultPoint.SETTLED,
        FaultPoint.OFFSET_COMMITTED,
        FaultPoint.ORDERS_SENT,
        FaultPoint.POSITION_WRITTEN,
        FaultPoint.REVOKED,
    ),
    "feedback": (
        FaultPoint.ASSIGNING,
        FaultPoint.FETCHED,
        FaultPoint.HANDED,
        FaultPoint.FOLDED,
        FaultPoint.BEGUN,
        FaultPoint.SENT,
        FaultPoint.WRITTEN,
        FaultPoint.COMMITTED,
        FaultPoint.SETTLED,
        FaultPoint.OFFSET_COMMITTED,
        FaultPoint.REVOKED,
    ),
}
"""The points that a list of each stage passes."""

_ONCE: Final = frozenset(
    {FaultPoint.ASSIGNING, FaultPoint.ASSIGNED, FaultPoint.REVOKED, FaultPoint.POSITION_WRITTEN}
)
"""Points that a process passes a few times at most."""


def faults_of(path: Sequence[FaultPoint], chance: Random, extra: int) -> list[PlantedFault]:
    """Return kills at every point of a path and some more, in an order of chance.

    Args:
        path: points that a role passes.
        chance: seeded.
        extra: how many beyond one for each point.
    """
    points = [*path, *chance.choices(path, k=extra)]
    chance.shuffle(points)
    return [
        PlantedFault(FaultAction.KILL, point, 1 if point in _ONCE else chance.randint(1, 6))
        for point in points
    ]


@dataclass(slots=True)
class Supervisor:
    """Runs one worker through its faults and then in peace.

    Attributes:
        world: the run.
        roles: of the worker.
        faults: what it does to itself, one a life.
        kills: how often it died at each point.
        worker: the one that runs.
    """

    world: FaultWorld
    roles: tuple[str, ...]
    faults: Sequence[PlantedFault]
    kills: Counter[FaultPoint] = field(default_factory=Counter)
    worker: Worker | None = None
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, done: asyncio.Event) -> None:
        """Live through all faults, say so by `through`, and go on until `done`."""
        for fault in self.faults:
            async with running(self.world, self.roles, instance=self.name, fault=fault) as worker:
                await self._live(worker, fault)
        async with running(self.world, self.roles, instance=self.name) as self.worker:
            await self.worker.is_ready()
            self._told.set()
            await done.wait()

    @property
    def name(self) -> str:
        """The worker's name in messages."""
        return "-".join(self.roles)

    async def through(self) -> None:
        """Wait until all faults are behind it."""
        await self._told.wait()

    def check(self) -> None:
        """Raise if the worker that is to go on in peace has ended."""
        assert self.worker is not None
        self.worker.check()

    async def _live(self, worker: Worker, fault: PlantedFault) -> None:
        feeding = asyncio.create_task(self._feed_when_ready(worker, fault))
        try:
            async with asyncio.timeout(FAULT_DEADLINE_S):
                code = await worker.ended()
        except TimeoutError:
            raise AssertionError(f"{fault.point} is not passed by {worker.tale()}") from None
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
        assert code == -signal.SIGKILL, worker.tale()
        self.kills[fault.point] += 1

    async def _feed_when_ready(self, worker: Worker, fault: PlantedFault) -> None:
        await worker.ready.wait()
        await self.world.feed(URLS_A_START)
        if fault.point is FaultPoint.REVOKED:
            worker.terminate()
        while True:  # a list may be all there was to do: the next ones follow it
            await asyncio.sleep(MORE_EVERY_S)
            await self.world.feed(URLS_MORE)
