"""Puts records into aiokafka's batches and hands them to a producer.

Record by record costs more than half the throughput of a batch.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from agents.engine import library
from agents.engine.failures import SendFailed
from agents.engine.stage import Send
from schemas.identity.partitions import partitions_of

BATCH_BYTES_MAX = 1_000_000
"""Below the broker's message.max.bytes of 1,048,588."""

_NO_HEADERS: Final[list[tuple[str, bytes]]] = []

Acknowledged = asyncio.Future[object]
"""Ends when the broker has a batch, or with what it refused it for; must be checked."""


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
    by_topic: dict[str, dict[int, list[Send]]] = defaultdict(lambda: defaultdict(list))
    homes = await _homes(producer, prefix, [one for one in records if one.partition is None])
    for record in records:
        partition = record.partition
        if partition is None:
            partition = homes[record.topic][record.key]
        by_topic[record.topic][partition].append(record)
    futures: list[Acknowledged] = []
    now_ms = int(time.time() * 1_000)
    try:
        for topic, by_partition in by_topic.items():
            for partition, of_partition in by_partition.items():
                for batch in _filled(producer, of_partition, now_ms):
                    sent = await producer.send_batch(batch, prefix + topic, partition=partition)
                    futures.append(sent)
    except BaseException:  # the caller learns of this alone, and can check no future
        for future in futures:
            future.add_done_callback(_take_note)
        raise
    return futures


def _take_note(future: Acknowledged) -> None:
    if not future.cancelled():
        future.exception()


async def _homes(
    producer: AIOKafkaProducer, prefix: str, records: Sequence[Send]
) -> dict[str, dict[bytes, int]]:
    """Return the partition of each topic and key; keys of one topic are hashed together."""
    keys: dict[str, dict[bytes, None]] = defaultdict(dict)
    for record in records:
        keys[record.topic][record.key] = None
    found: dict[str, dict[bytes, int]] = {}
    for topic, alike in keys.items():
        count = len(await producer.partitions_for(prefix + topic))
        found[topic] = dict(zip(alike, partitions_of([*alike], count), strict=True))
    return found


def _filled(producer: AIOKafkaProducer, records: Sequence[Send], now_ms: int) -> Iterator[Any]:
    """Give batches that hold the records of one partition, in order."""
    begun, end = 0, len(records)
    while begun < end:
        batch, count = producer.create_batch(), 0
        append = library.appender_of(batch)
        for record in islice(records, begun, None):
            headers = [*record.headers] if record.headers else _NO_HEADERS
            # append() answers None when the batch is full; unchecked, the record would vanish
            if append(count, now_ms, record.key, record.value, headers) is None:
                break
            count += 1
        if not count:
            raise SendFailed("RecordTooLarge")
        library.was_filled(batch, count)
        batch.close()
        begun += count
        yield batch
