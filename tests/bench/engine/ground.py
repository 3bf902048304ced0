"""The broker's side of the bench: topics, payload, positions and what was written."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

BATCH_BYTES_MAX = 900_000
DELETED_AFTER_S = 1
"""How long the broker keeps the files of a deleted topic: a minute by itself, by when others are
measured."""

TOPIC = {
    "message.timestamp.type": "LogAppendTime",
    "file.delete.delay.ms": str(1_000 * DELETED_AFTER_S),
}

Payload = Iterable[tuple[int, bytes, bytes]]
"""Partition, key and value of each record."""


@asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Yield an admin client."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def create(bootstrap: str, topics: Iterable[str], partitions: int) -> None:
    """Create topics and wait until the broker answers for them."""
    names = list(topics)
    async with admin(bootstrap) as client:
        await client.create_topics(
            [NewTopic(name, partitions, 1, topic_configs=TOPIC) for name in names]
        )
    for name in names:
        await ends(bootstrap, name)


async def delete(bootstrap: str, topics: Iterable[str]) -> None:
    """Delete topics; returns when they are off the disk and what was written is on it.

    A long bench would fill the disk, and what one measurement leaves to be written or deleted, some
    GB, would be done during the next.
    """
    async with admin(bootstrap) as client:
        await client.delete_topics(list(topics))
    await asyncio.sleep(2 * DELETED_AFTER_S)
    await asyncio.to_thread(os.sync)


async def fill(bootstrap: str, topic: str, payload: Payload) -> None:
    """Write a payload in large batches, each partition in order."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", max_batch_size=BATCH_BYTES_MAX
    )
    await producer.start()
    batches: dict[int, Any] = {}
    sent: set[asyncio.Future[object]] = set()
    try:
        for partition, key, value in payload:
            batch = batches.get(partition)
            if batch is None:
                batch = batches[partition] = producer.create_batch()
            if batch.append(key=key, value=value, timestamp=None) is None:
                sent.add(await producer.send_batch(batch, topic, partition=partition))
                batch = batches[partition] = producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)
                if len(sent) > 8:  # of 900 KB each, so that the whole payload is never held
                    _, sent = await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        for partition, batch in batches.items():
            sent.add(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


@asynccontextmanager
async def reader(
    bootstrap: str, topic: str
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    """Yield a group-less consumer on all partitions, committed records only."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=4 * 1024 * 1024,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        found: Sequence[int] = ()
        while not found:
            cluster = await consumer._client.fetch_all_metadata()
            found = sorted(cluster.partitions_for_topic(topic) or ())
        parts = [TopicPartition(topic, partition) for partition in found]
        consumer.assign(parts)
        yield consumer, parts
    finally:
        await consumer.stop()


async def ends(bootstrap: str, topic: str) -> dict[int, int]:
    """Return the end offset of each partition."""
    async with reader(bootstrap, topic) as (consumer, parts):
        return {part.partition: end for part, end in (await consumer.end_offsets(parts)).items()}


async def topics_of(bootstrap: str) -> list[str]:
    """Return the names of all topics."""
    async with admin(bootstrap) as client:
        return list(await client.list_topics())


async def committed(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """Return the offsets a group has committed in a topic."""
    async with admin(bootstrap) as client:
        found: Mapping[TopicPartition, Any] = await client.list_consumer_group_offsets(group)
    return {part.partition: at.offset for part, at in found.items() if part.topic == topic}


async def written(bootstrap: str, topic: str) -> AsyncIterator[Any]:
    """Yield all committed records of a topic, each partition in order."""
    async with reader(bootstrap, topic) as (consumer, parts):
        await consumer.seek_to_beginning(*parts)
        until = await consumer.end_offsets(parts)
        while [part for part in parts if await consumer.position(part) < until[part]]:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
