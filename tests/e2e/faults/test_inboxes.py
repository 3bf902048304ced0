"""Inboxes come to be read while workers run, and a rolling restart with a new one stops nobody."""

import asyncio
from pathlib import Path

from fault_workers import Worker, running
from fault_world import World, fault_world

from agents.edges.local_broker.broker import Broker
from agents.engine.stage import Send
from agents.tools.apply_registry import apply_entries
from schemas.records.registry import HotlineEntry
from schemas.topics import HOTLINE

READ_WITHIN_S = 90.0
RECORDS = 24


async def register(world: World, id: str) -> None:
    """Write a hotline to the registry, as `hostwatch registry apply` does."""
    entry = HotlineEntry(id=id, version=1, valid_from=0, name=id)
    await apply_entries(world.settings, [entry], world.outbox)


async def is_read(world: World, id: str, *workers: Worker) -> None:
    """Send records to a hotline's inbox and wait until all of them are handled."""
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
                return
            await asyncio.sleep(0.2)


async def test_a_new_hotlines_inbox_is_read_without_a_restart(
    broker: Broker, tmp_path: Path
) -> None:
    """Both members of the role come to read it; each ledger partition keeps one owner."""
    async with (
        fault_world(broker.bootstrap, tmp_path, 1) as world,
        running(world, ("intake",), instance="one") as one,
        running(world, ("intake",), instance="two") as two,
    ):
        await asyncio.gather(one.is_ready(), two.is_ready())
        await register(world, "delta")
        await is_read(world, "delta", one, two)


async def test_a_rolling_restart_with_a_new_hotline_crashes_nobody(
    broker: Broker, tmp_path: Path
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
