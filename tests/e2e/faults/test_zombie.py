"""SIGSTOP past the session timeout: another worker takes over, then the first one wakes up."""

import asyncio
from pathlib import Path

import pytest
from fault_workers import Worker, running
from fault_world import fault_world
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.local_broker.broker import LocalBroker
from agents.engine.fault_points import FaultAction, FaultPoint, PlantedFault

URLS = 100
MORE = 50
SAID_WITHIN_S = 60.0


async def says(worker: Worker, what: str) -> None:
    """Wait until a worker has said something."""
    async with asyncio.timeout(SAID_WITHIN_S):
        while not any(what in line for line in worker.said):
            worker.check()
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    "point",
    [
        *(
            pytest.param(point, marks=pytest.mark.soak)
            for point in (FaultPoint.FOLDED, FaultPoint.BEGUN)
        ),
        FaultPoint.WRITTEN,
    ],
)
async def test_a_woken_lifecycle_is_fenced(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int, point: FaultPoint
) -> None:
    """What a lifecycle had in hand when it was stopped never counts once another took over.

    The stopped one holds states that are older than those the other has written meanwhile, in a
    transaction or about to begin one. Woken, it is fenced, gives its partitions up, says so, and
    goes on as a member; no reader of committed records ever sees a state older than the one
    before it.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, ("intake", "attribution")) as upstream,
        running(world, ("lifecycle",), fault=PlantedFault(FaultAction.STOP, point, 3)) as zombie,
    ):
        await zombie.is_ready()
        await world.feed(URLS)
        await zombie.stopped()
        async with running(world, ("lifecycle",)) as heir:
            await world.feed(MORE)
            await world.drained(heir.check)
            zombie.wake()
            await says(zombie, "another process took a partition")
            await world.feed(MORE)
            fault = f"SIGSTOP of lifecycle past its session at {point}"
            await peace.agrees(world, InjectedFault(fault, 1), heir, zombie, upstream)


async def test_a_woken_lifecycle_claims_nothing_that_is_no_longer_its_own(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """Stopped between its assignment and its claim, it asks its group before it claims.

    Else it would put an end to the writers of the healthy owner, which would have to stop.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, ("intake", "attribution")) as upstream,
        running(
            world, ("lifecycle",), fault=PlantedFault(FaultAction.STOP, FaultPoint.ASSIGNING, 1)
        ) as zombie,
    ):
        await world.feed(URLS)
        await zombie.stopped()
        async with running(world, ("lifecycle",)) as heir:
            await world.feed(MORE)
            await world.drained(heir.check)
            zombie.wake()
            await zombie.is_ready()
            await world.feed(MORE)
            fault = "SIGSTOP of lifecycle past its session before it claims"
            await peace.agrees(world, InjectedFault(fault, 1), heir, zombie, upstream)
            assert not any("another process took" in line for line in heir.said), (
                heir.tale() + zombie.tale()
            )


async def test_a_woken_intake_changes_nothing(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """An intake that judged a list, lost its partitions and wakes writes the same once more.

    It may end or join its group again; either way each record has one outcome.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, ("attribution", "lifecycle")) as downstream,
        running(
            world, ("intake",), fault=PlantedFault(FaultAction.STOP, FaultPoint.JUDGED, 3)
        ) as zombie,
    ):
        await zombie.is_ready()
        await world.feed(URLS)
        await zombie.stopped()
        async with running(world, ("intake",)) as heir:
            await world.feed(MORE)
            await world.drained(heir.check)
            zombie.wake()
            await world.feed(MORE)
            fault = f"SIGSTOP of intake past its session at {FaultPoint.JUDGED}"
            await peace.agrees(world, InjectedFault(fault, 1), heir, downstream)
