"""What the broker knows of a topic and of a consumer group, and how records get there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.errors import GroupCoordinatorNotAvailableError

from agents.config import Settings

Pair: TypeAlias = tuple[bytes | None, bytes | None]


async def append(
    settings: Settings,
    topic: str,
    values: Sequence[bytes | None],
    partition: int = 0,
    *,
    key: bytes | None = None,
) -> None:
    """Write values to a partition, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, acks="all")
    await producer.start()
    try:
        name = settings.kafka.topic_prefix + topic
        sent = [await producer.send(name, one, key=key, partition=partition) for one in values]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def append_in_transaction(
    settings: Settings,
    topic: str,
    pairs: Sequence[Pair],
    *,
    partition: int = 0,
    commit: bool = True,
) -> None:
    """Write keys and values to a partition, in order, and a marker behind them.

    Args:
        settings: the broker and the run's prefix.
        topic: name without prefix.
        pairs: what to write.
        partition: where to.
        commit: else it is taken back.
    """
    name = settings.kafka.topic_prefix + topic
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, transactional_id=f"{name}-writer"
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        sent = [
            await producer.send(name, value, key=key, partition=partition) for key, value in pairs
        ]
        stored = await asyncio.gather(*sent)  # also where it is taken back
        await (producer.commit_transaction if commit else producer.abort_transaction)()
    finally:
        await producer.stop()
    await _marked(settings, TopicPartition(name, partition), stored[-1].offset)


async def _marked(settings: Settings, where: TopicPartition, offset: int) -> None:
    """Return once the marker stands behind an offset: the broker writes it after its answer."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka.bootstrap, isolation_level="read_committed"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            while (await consumer.end_offsets([where]))[where] <= offset + 1:
                await asyncio.sleep(0.02)
    finally:
        await consumer.stop()


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
        try:
            found = await self.client.list_consumer_group_offsets(prefix + self.role)
        except GroupCoordinatorNotAvailableError:  # the broker's first group is being made
            return 0
        where = TopicPartition(prefix + self.topic, partition)
        return max(found[where].offset, 0) if where in found else 0

    async def reach(self, offset: int, partition: int = 0) -> None:
        """Return once an offset is committed; the caller sets the deadline."""
        while await self.at(partition) < offset:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def offsets(settings: Settings, role: str, topic: str) -> AsyncIterator[Offsets]:
    """Yield what a role commits of a topic."""
    async with administered(settings) as client:
        yield Offsets(client, settings, role, topic)


@asynccontextmanager
async def administered(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an admin client."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def cut(settings: Settings, topic: str, offset: int) -> None:
    """Delete what stands below an offset of partition 0."""
    async with administered(settings) as client:
        where = TopicPartition(settings.kafka.topic_prefix + topic, 0)
        await client.delete_records({where: RecordsToDelete(before_offset=offset)})


async def commit(settings: Settings, role: str, topic: str, offset: int) -> None:
    """Commit an offset of partition 0 for a role that nobody runs."""
    prefix = settings.kafka.topic_prefix
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka.bootstrap,
        group_id=prefix + role,
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        where = TopicPartition(prefix + topic, 0)
        consumer.assign([where])
        await consumer.commit({where: offset})
    finally:
        await consumer.stop()


async def members(settings: Settings, role: str) -> int:
    """Return how many members the broker counts in a role's group."""
    async with administered(settings) as client:
        (answer,) = await client.describe_consumer_groups([settings.kafka.topic_prefix + role])
        ((error, _, _, _, _, found, *_),) = answer.groups
        assert error == 0
        return len(found)


async def becomes(true: Callable[[], bool]) -> None:
    """Return as soon as something is true; the caller sets the deadline."""
    while not true():
        await asyncio.sleep(0.01)
