"""A practice world with one slow hoster, worked off in memory, then put on a real broker.

The stages are the product's own, on virtual time. What they wrote is copied to topics of a real
broker: each record to its partition, its offset and its append time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from aiokafka import AIOKafkaProducer
from scratch_topics import WORLD_TIMES, create_topic

from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Received
from agents.process.gc_tuning import collecting_seldom
from agents.tools.apply_registry import apply_entries
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.registry import HotlineEntry, Registry
from schemas.topics import CASES, LEDGER
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.pipeline import Pipeline
from sim.memory.run import PORT, YOUNG_MAX, ignore_progress
from sim.memory.scenarios.scenario import Scenario
from sim.world.hosters import ALL
from sim.world.world import WORLD_START, World
from streams.registry.snapshot import RegistryHistory
from streams.report.cohort import WATCHED_MS, Cohort

SLOW, PROMPT = "heath", "amber"
DAYS = 4
SEED = 2
COHORT = Cohort(WORLD_START, WORLD_START + DAYS * DAY_MS, 86_400)

_SHARES = {SLOW: 9.0, PROMPT: 2.0}
SCENARIO = Scenario(
    says="one hoster removes nothing, the other at once",
    hosters=tuple(replace(one, weight=_SHARES[one.id]) for one in ALL if one.id in _SHARES),
    rate=11.0,
    speed=20_000.0,
)


@dataclass(frozen=True, slots=True)
class PlayedWorld:
    """What stands on the broker in memory at the end, and the registry it was made by."""

    broker: Broker
    registry: Sequence[Registry]


@cache
def played() -> PlayedWorld:
    """Work the world off until 31 days after the period; once in each process, some 8 s of CPU."""
    world = World(SCENARIO.plan(SEED, PORT))
    world.extend(COHORT.to_at + DAY_MS)
    registry = SCENARIO.registry()
    pipeline = Pipeline(
        fault_rates=SCENARIO.fault_rates,
        speed=SCENARIO.speed,
        seed=SEED,
        hotlines=sorted(one.id for one in registry if isinstance(one, HotlineEntry)),
        registry_history=RegistryHistory(registry),
        world=world,
        port=PORT,
        from_at=WORLD_START,
        until=COHORT.to_at + WATCHED_MS + 2 * HOUR_MS,
    )
    with collecting_seldom(YOUNG_MAX):
        pipeline.run(world.events(WORLD_START - 1, COHORT.to_at - 1), ignore_progress)
    return PlayedWorld(pipeline.broker, registry)


async def put_on(settings: Settings) -> None:
    """Copy the ledger, its table and its registry to a real broker.

    Args:
        settings: of a prefix without topics.
    """
    world = played()
    copied = [*(spec.name for spec in LEDGER), CASES.name]
    for topic in copied:
        await create_topic(settings, topic, PARTITIONS, WORLD_TIMES)
    await apply(settings, [one for one in wanted(settings, []) if one.name not in copied])
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await apply_entries(settings, world.registry, outbox)
    finally:
        await outbox.stop()
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, linger_ms=20)
    await producer.start()
    try:
        for topic in copied:
            records = world.broker.read(topic)
            if topic == CASES.name:  # as compaction leaves it
                records = list({(one.partition, one.key): one for one in records}.values())
            await _write(producer, settings.kafka.topic_prefix + topic, records)
    finally:
        await producer.stop()


async def _write(producer: AIOKafkaProducer, topic: str, records: Sequence[Received]) -> None:
    sent = [
        await producer.send(
            topic,
            one.value or None,
            one.key,
            partition=one.partition,
            timestamp_ms=one.appended_at,
        )
        for one in records
    ]
    await asyncio.gather(*sent)
