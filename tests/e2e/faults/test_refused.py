"""Writes that the broker refuses: the process stops, the offset has not moved, nothing is lost."""

from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from fault_story import DAILY, HISTORIC
from fault_topics import TOO_LARGE, allow, delete, overrun, refuse
from fault_workers import Worker, kept, running
from fault_world import INPUTS, FaultWorld, fault_world
from secured_broker import Secured, secured_broker
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.kafka import acl
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.failures import EXIT_CRASHED
from schemas.topics import CASES, FACTS, OUTCOMES, QUARANTINE, TopicSpec

URLS = 60
LINES = (*HISTORIC, DAILY)
OUTPUTS = {"intake": OUTCOMES, "attribution": FACTS, "lifecycle": CASES}

SOON = "from agents.engine.produce import outbox; outbox.ACK_DEADLINE_S = 10.0; "
"""Lets a worker wait for an answer of the broker for a shorter time than the product's minute."""


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A broker at which nobody may do what was not allowed."""
    with secured_broker(tmp_path_factory.mktemp("secured"), (acl.WORKER,)) as broker:
        yield broker


@pytest.mark.timeout(600)
async def test_a_refused_write_stops_the_stage_with_the_offset_not_moved(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """A write that the broker refuses ends the process (exit 70) before any commit.

    One stage after the other is refused the topic it writes to; once the topic takes records
    again, the same stage started again completes all of it.
    """
    heirs: list[Worker] = []
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        AsyncExitStack() as later,
    ):
        await world.feed(URLS)
        for stage, output in OUTPUTS.items():
            await refuse(world, output, TOO_LARGE)
            async with running(world, (stage,), instance=stage) as worker:
                assert await worker.ends_itself() == EXIT_CRASHED, worker.tale()
            last = f"{stage} stopped on SendFailed (MessageSizeTooLargeError)"
            assert any(last in line for line in worker.said), worker.tale()
            assert await overrun(world, stage) == 0
            await allow(world, output)
            heirs.append(await later.enter_async_context(running(world, (stage,), instance=stage)))
        done = InjectedFault("MESSAGE_TOO_LARGE for each stage", len(OUTPUTS))
        await peace.agrees(world, done, *heirs)


@pytest.mark.soak  # a refusal of another kind than the one above, met in the same way
@pytest.mark.timeout(600)
async def test_a_write_without_the_right_stops_the_stage(
    secured: Secured, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """A stage that may not write ends (exit 70) before any commit; with the right it goes on.

    Each stage lacks the right to write its output; lifecycle also lacks that to its
    transactional ids, without which it never becomes a writer.
    """
    async with fault_world(secured, tmp_path, seed) as world:
        rights = acl.grants(world.settings, LINES)
        held_back = {name: _writes(rights, world, topic) for name, topic in OUTPUTS.items()}
        ids = [  # every role needs that of the month keys to start
            right
            for right in rights
            if right.kind is acl.ResourceType.TRANSACTIONAL_ID and right.name.endswith("lifecycle-")
        ]
        later = {right for some in (*held_back.values(), ids) for right in some}
        await acl.allow(world.settings, [right for right in rights if right not in later])
        await world.feed(URLS)
        lacks = [(stage, held_back[stage], "TopicAuthorizationFailed") for stage in OUTPUTS]
        lacks.insert(-1, ("lifecycle", ids, "TransactionalIdAuthorizationFailed"))
        for stage, missing, error in lacks:
            async with running(world, (stage,), instance=stage) as worker:
                assert await worker.ends_itself() == EXIT_CRASHED, worker.tale()
            last = f"{stage} stopped on SendFailed ({error}"
            assert any(last in line for line in worker.said), worker.tale()
            assert await overrun(world, stage) == 0
            await acl.allow(world.settings, missing)
            if stage != "lifecycle" or missing is not ids:
                async with running(world, (stage,), instance=stage) as worker:
                    await world.drained(worker.check, (stage,))
        async with running(world, tuple(INPUTS), instance="all") as worker:
            await peace.agrees(
                world, InjectedFault("AUTHORIZATION_FAILED by code", len(lacks)), worker
            )


def _writes(rights: Sequence[acl.Grant], world: FaultWorld, spec: TopicSpec) -> list[acl.Grant]:
    """Return the workers' right to write to a topic."""
    name = world.settings.kafka.topic_prefix + spec.name
    return [
        right
        for right in rights
        if (right.user, right.name, right.operation) == (acl.WORKER, name, acl.AclOperation.WRITE)
    ]


@pytest.mark.timeout(600)
async def test_a_topic_that_is_gone_stops_the_stage(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """A missing topic is waited for and then ends the process; the next start makes it again."""
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        async with running(world, ("intake",), instance="intake", before=SOON) as worker:
            await worker.is_ready()
            await delete(world, QUARANTINE)
            await world.feed(URLS)
            assert await worker.ends_itself() == EXIT_CRASHED, worker.tale()
        async with kept(world, tuple(INPUTS)):
            await peace.agrees(world, InjectedFault("topic deleted", 1))
