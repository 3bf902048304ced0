"""Writes that the broker refuses: the process stops, the offset has not moved, nothing is lost."""

from pathlib import Path

import pytest
from fault_peace import Done, Peace
from fault_topics import TOO_LARGE, allow, delete, overrun, refuse
from fault_workers import kept, running
from fault_world import INPUTS, fault_world

from agents.edges.broker import Broker
from agents.engine.failures import EXIT_CRASHED
from schemas.topics import CASES, FACTS, OUTCOMES, QUARANTINE

URLS = 300
OUTPUTS = {"intake": OUTCOMES, "attribution": FACTS, "lifecycle": CASES}


@pytest.mark.timeout(600)
async def test_a_refused_write_stops_the_stage_with_the_offset_not_moved(
    broker: Broker, peace: Peace, tmp_path: Path, seed: int
) -> None:
    """A write that the broker refuses ends the process (exit 70) before any commit.

    One stage after the other is refused the topic it writes to; once the topic takes records
    again, the same stage started again completes all of it.
    """
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        await world.feed(URLS)
        for stage, output in OUTPUTS.items():
            await refuse(world, output, TOO_LARGE)
            async with running(world, (stage,), instance=stage) as worker:
                assert await worker.ends_itself() == EXIT_CRASHED, worker.tale()
            last = f"{stage} stopped on SendFailed (MessageSizeTooLargeError)"
            assert any(last in line for line in worker.said), worker.tale()
            assert await overrun(world, stage) == 0
            await allow(world, output)
            async with running(world, (stage,), instance=stage) as worker:
                await world.drained(worker.check, (stage,))
        async with running(world, tuple(INPUTS), instance="all") as worker:
            done = Done("MESSAGE_TOO_LARGE for each stage", len(OUTPUTS))
            await peace.agrees(world, done, worker)


@pytest.mark.timeout(600)
async def test_a_topic_that_is_gone_stops_the_stage(
    broker: Broker, peace: Peace, tmp_path: Path, seed: int
) -> None:
    """A missing topic is waited for and then ends the process; the next start makes it again."""
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        async with running(world, ("intake",), instance="intake") as worker:
            await worker.is_ready()
            await delete(world, QUARANTINE)
            await world.feed(URLS)
            assert await worker.ends_itself() == EXIT_CRASHED, worker.tale()
        async with kept(world, tuple(INPUTS)):
            await peace.agrees(world, Done("topic deleted", 1))
