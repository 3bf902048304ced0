"""What the broker knows of a topic and of a consumer group, and how records get there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from agents.config import Settings


async def append(
    settings: Settings, topic: str, values: Sequence[bytes], partition: int = 0
) -> None:
    """Write values to a partition, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, acks="all")
    await producer.start()
    try:
        name = settings.kafka.topic_prefix + topic
        sent = [await producer.send(name, value, partition=partition) for value in values]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def append_in_transaction(
    settings: Settings, topic: str, pairs: Sequence[tuple[bytes | None, bytes]], partition: int = 0
) -> None:
    """Write keys and values to a partition, in order, and a marker behind them."""
    name = settings.kafka.topic_prefix + topic
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, transactional_id=f"{name}-writer"
    )
    await producer.start()
    try:
        async with producer.transaction():
            for key, value in pairs:
                await producer.send(name, value, key=key, partition=partition)
    finally:
        await producer.stop()


@dataclass(frozen=True, slots=True)
class Offsets:
    """What a role committed of one topic."""

    client: AIOKafkaAdminClient
    settings: Settings
    role: str
    topic: str

    async def at(self, partition: int = 0) -> int:
        """Return the committed offset, 0 where nothing is committed."""
        prefix = self.settings.kafka.topic_prefix
        found = await self.client.list_consumer_group_offsets(prefix + self.role)
        where = TopicPartition(prefix + self.topic, partition)
        return max(found[where].offset, 0) if where in found else 0

    async def reach(self, offset: int, partition: int = 0) -> None:
        """Return once an offset is committed; the caller sets the deadline."""
        while await self.at(partition) < offset:  # noqa: ASYNC110 - the broker sets no event
            await asyncio.sleep(0.05)


@asynccontextmanager
async def offsets(settings: Settings, role: str, topic: str) -> AsyncIterator[Offsets]:
    """Yield what a role commits of a topic."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        yield Offsets(client, settings, role, topic)
    finally:
        await client.close()


async def becomes(true: Callable[[], bool]) -> None:
    """Return as soon as something is true; the caller sets the deadline."""
    while not true():  # noqa: ASYNC110 - what is waited for sets no event of ours
        await asyncio.sleep(0.01)
