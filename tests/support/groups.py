"""What the broker knows of a topic and of a consumer group, and how records get there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

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


@asynccontextmanager
async def administered(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an admin client."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def committed(
    client: AIOKafkaAdminClient, settings: Settings, role: str, topic: str, partition: int = 0
) -> int:
    """Return what a role committed of a partition, 0 where it committed nothing."""
    prefix = settings.kafka.topic_prefix
    found = await client.list_consumer_group_offsets(prefix + role)
    where = TopicPartition(prefix + topic, partition)
    return max(found[where].offset, 0) if where in found else 0


async def becomes(true: Callable[[], bool]) -> None:
    """Return as soon as something is true; the caller sets the deadline."""
    while not true():  # noqa: ASYNC110 - what is waited for sets no event of ours
        await asyncio.sleep(0.01)
