"""Inboxes come to be read while workers run, and a rolling restart with a new one stops nobody."""

import asyncio
from pathlib import Path

from fault_workers import Worker, running
from fault_world import FaultWorld, fault_world

from agents.edges.local_broker.broker import LocalBroker
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.tools.apply_registry import apply_entries
from schemas.closed_lists import Quarantine
from schemas.codec import HOTLINE as HOTLINE_CODEC
from schemas.codec import OUTCOME
from schemas.moments import HOUR_MS, moment
from schemas.records.hotline import Report
from schemas.records.registry import HotlineEntry
from schemas.topics import HOTLINE, OUTCOMES

READ_WITHIN_S = 90.0
RECORDS = 24


async def register(world: FaultWorld, id: str, until: int | None = None) -> None:
    """Write a hotline to the registry, as `hostwatch registry apply` does."""
    entry = HotlineEntry(id=id, version=1, valid_from=0, name=id, until=until)
    await apply_entries(world.settings, [entry], world.outbox)


async def is_read(world: FaultWorld, id: str, *workers: Worker) -> int:
    """Send records to a hotline's inbox, wait until all are handled, and return how many are."""
    topic = HOTLINE.named(id)
    name = world.settings.kafka.topic_prefix + topic
    async with asyncio.timeout(READ_WITHIN_S):
        while not any((await world.ends([topic])).values()):
            try:
                await world.outbox.send(
                    [Send(topic, str(number).encode(), b"{}") for number in range(RECORDS)]
                )
            except Exception:  # noqa: BLE001 - the topic is made by a worker, some time soon
                await asyncio.sleep(0.2)
        while True:
            for worker in workers:
                worker.check()
            done = {
                tp: at for tp, at in (await world.committed("intake")).items() if tp.topic == name
            }
            if sum(done.values()) >= RECORDS:
                return sum(done.values())
            await asyncio.sleep(0.2)


async def test_a_new_hotlines_inbox_is_read_without_a_restart(
    broker: LocalBroker, tmp_path: Path
) -> None:
    """Both members of the role come to read it; each ledger partition keeps one owner."""
    async with (
        fault_world(broker.bootstrap, tmp_path, 1) as world,
        running(world, ("intake",), instance="one") as one,
        running(world, ("intake",), instance="two") as two,
    ):
        await asyncio.gather(one.is_ready(), two.is_ready())
        await register(world, "delta")
        assert await is_read(world, "delta", one, two) >= RECORDS


async def outcomes(world: FaultWorld, id: str) -> list[Quarantine | None]:
    """Return the reasons of a hotline's outcomes, once there are some."""
    found: list[Quarantine | None] = []
    async for records in read_partitions(
        world.settings, OUTCOMES.name, range(world.settings.kafka.partitions)
    ):
        told = [OUTCOME.decode(record.value or b"") for record in records]
        found += [one.reason for one in told if one.hotline == id]
    return found


async def test_the_inbox_of_a_hotline_that_ended_is_read_to_its_end_and_left(
    broker: LocalBroker, tmp_path: Path
) -> None:
    """What comes after its end is quarantined; its partitions leave the subscription without a
    restart, and what was sent there all the same is read at the next start.
    """
    async with fault_world(broker.bootstrap, tmp_path, 1) as world:
        now = world.settings.clock.clock().now()
        url, topic = "http://a.example/x", HOTLINE.named("delta")
        said = [Report(v=1, id=f"r{n}", url=url, reported_at=moment(now)) for n in range(2)]
        sends = [Send(topic, one.id.encode(), HOTLINE_CODEC.encode(one)) for one in said]
        async with running(world, ("intake",), instance="one") as one:
            await one.is_ready()
            await register(world, "delta")
            await is_read(world, "delta", one)
            await register(world, "delta", until=now - 3 * HOUR_MS)
            async with asyncio.timeout(READ_WITHIN_S):
                while one.tale().count("topics instead of") < len(("come", "gone")):
                    one.check()
                    await asyncio.sleep(0.2)
            await world.outbox.send(sends[:1])
            assert Quarantine.HOTLINE_ENDED not in await outcomes(world, "delta")
        await world.outbox.send(sends[1:])
        async with running(world, ("intake",), instance="one") as again:
            await again.is_ready()
            async with asyncio.timeout(READ_WITHIN_S):
                while (await outcomes(world, "delta")).count(Quarantine.HOTLINE_ENDED) < len(said):
                    again.check()
                    await asyncio.sleep(0.2)


async def test_a_rolling_restart_with_a_new_hotline_crashes_nobody(
    broker: LocalBroker, tmp_path: Path
) -> None:
    """Members read unequal sets of topics for a moment, and equal partitions of what they read."""
    async with (
        fault_world(broker.bootstrap, tmp_path, 1) as world,
        running(world, ("intake",), instance="one") as one,
    ):
        async with running(world, ("intake",), instance="two") as two:
            await asyncio.gather(one.is_ready(), two.is_ready())
            await register(world, "delta")
            two.terminate()
            assert await two.ended() == 0, two.tale()
        async with running(world, ("intake",), instance="two") as two:
            await two.is_ready()
            one.terminate()
            assert await one.ended() == 0, one.tale()
            async with running(world, ("intake",), instance="one") as again:
                await again.is_ready()
                await is_read(world, "delta", two, again)


async def test_a_hotline_that_came_while_the_only_member_was_down_is_read(
    broker: LocalBroker, tmp_path: Path
) -> None:
    """A static member that comes back within its session is given what it reads by now."""
    async with fault_world(broker.bootstrap, tmp_path, 1) as world:
        async with running(world, ("intake",), instance="one") as one:
            await one.is_ready()
            one.kill()
            await one.ended()
        await register(world, "delta")
        async with running(world, ("intake",), instance="one") as again:
            await again.is_ready()
            assert await is_read(world, "delta", again) >= RECORDS
