"""Puts records into aiokafka's batches and hands them to a producer.

Record by record costs more than half the throughput of a batch.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from schemas.ids import partition_of

BATCH_BYTES_MAX = 1_000_000
"""Below the broker's message.max.bytes of 1,048,588."""

Acknowledged = asyncio.Future[object]
"""Ends when the broker has a batch, or with what it refused it for; must be looked at."""


async def dispatch(
    producer: AIOKafkaProducer, prefix: str, records: Sequence[Send]
) -> list[Acknowledged]:
    """Hand records to the producer, in order within a partition.

    Args:
        producer: with `max_batch_size` of at most BATCH_BYTES_MAX.
        prefix: of the run's topics.
        records: to write.

    Returns:
        One future a batch.

    Raises:
        SendFailed: a record fits no batch; others may have been handed over.
        aiokafka.errors.KafkaError: the producer takes nothing any more.
    """
    lanes: dict[tuple[str, int], list[Send]] = defaultdict(list)
    counts: dict[str, int] = {}
    for record in records:
        partition = record.partition
        if partition is None:
            if record.topic not in counts:
                found = await producer.partitions_for(prefix + record.topic)
                counts[record.topic] = len(found)
            partition = partition_of(record.key, counts[record.topic])
        lanes[record.topic, partition].append(record)
    futures: list[Acknowledged] = []
    for (topic, partition), lane in lanes.items():
        futures += await _send(producer, prefix + topic, partition, lane)
    return futures


async def _send(
    producer: AIOKafkaProducer, topic: str, partition: int, lane: list[Send]
) -> list[Acknowledged]:
    futures = []
    batch = producer.create_batch()
    for record in lane:
        headers = list(record.headers)
        # append() answers None when the batch is full; unchecked, the record would vanish
        if batch.append(timestamp=None, key=record.key, value=record.value, headers=headers):
            continue
        batch.close()
        futures.append(await producer.send_batch(batch, topic, partition=partition))
        batch = producer.create_batch()
        if not batch.append(timestamp=None, key=record.key, value=record.value, headers=headers):
            raise SendFailed("RecordTooLarge")
    batch.close()
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures
