"""SIGSTOP past the session timeout: another worker takes over, then the first one wakes up."""

from pathlib import Path

import pytest
from fault_peace import Done, Peace
from fault_workers import running
from fault_world import fault_world

from agents.edges.broker import Broker
from agents.engine.failures import EXIT_CRASHED
from agents.engine.points import Action, Fault, Point

URLS = 500
MORE = 250


@pytest.mark.parametrize("point", [Point.FOLDED, Point.BEGUN, Point.WRITTEN])
async def test_a_woken_lifecycle_is_fenced(
    broker: Broker, peace: Peace, tmp_path: Path, seed: int, point: Point
) -> None:
    """What a lifecycle had in hand when it was stopped never counts once another took over.

    The stopped one holds states that are older than those the other has written meanwhile, in a
    transaction or about to begin one. Woken, it ends by itself and says that it was fenced; no
    reader of committed records ever sees a state older than the one before it.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, ("intake", "attribution")) as upstream,
        running(world, ("lifecycle",), fault=Fault(Action.STOP, point, 3)) as zombie,
    ):
        await zombie.is_ready()
        await world.feed(URLS)
        await zombie.stopped()
        async with running(world, ("lifecycle",)) as heir:
            await world.feed(MORE)
            await world.drained(heir.check)
            zombie.wake()
            assert await zombie.ends_itself() == EXIT_CRASHED, zombie.tale()
            last = "lifecycle stopped on SendFailed (ProducerFenced)"
            assert any(last in line for line in zombie.said), zombie.tale()
            await world.feed(MORE)
            fault = f"SIGSTOP of lifecycle past its session at {point}"
            await peace.agrees(world, Done(fault, 1), heir, upstream)


async def test_a_woken_intake_changes_nothing(
    broker: Broker, peace: Peace, tmp_path: Path, seed: int
) -> None:
    """An intake that judged a list, lost its partitions and wakes writes the same once more.

    It may end or join its group again; either way each record has one fate.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, ("attribution", "lifecycle")) as downstream,
        running(world, ("intake",), fault=Fault(Action.STOP, Point.JUDGED, 3)) as zombie,
    ):
        await zombie.is_ready()
        await world.feed(URLS)
        await zombie.stopped()
        async with running(world, ("intake",)) as heir:
            await world.feed(MORE)
            await world.drained(heir.check)
            zombie.wake()
            await world.feed(MORE)
            fault = f"SIGSTOP of intake past its session at {Point.JUDGED}"
            await peace.agrees(world, Done(fault, 1), heir, downstream)
