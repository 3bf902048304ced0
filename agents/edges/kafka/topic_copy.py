"""Copies topics record by record: same partition, same order, same append time.

A copy goes on where it stopped: as many records as the copy holds have been copied, because an
idempotent producer writes them in order. The copies take the times they are given (CreateTime)
until all of them are true; then the broker's own again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import for_code
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata

from agents.config import KafkaSettings
from agents.edges.kafka.admin_client import ANSWER_DEADLINE_S
from agents.engine.produce.batches import BATCH_BYTES_MAX
from agents.engine.read.consumer_end import end_consumer
from agents.process import broker_access

POLL_MS: Final = 500
IDLE_S_MAX: Final = 30.0
"""Wall time without a record before the end of a partition: the broker does not answer."""

LIST_RECORDS: Final = 500
"""Copied at a time: a batch of some 500 KB; a run that is stopped does as much again at most."""

_UNKNOWN_TOPIC: Final = 3  # Kafka protocol, error codes
_GONE_S: Final = 0.1
_MEMBERS: Final = 5  # of a group in the answer to DescribeGroups

FILLED_AT_ONCE: Final = 50_000
"""Empty records of one request: 7 bytes each."""


class PartitionOfTopic(NamedTuple):
    """A partition of a topic, by its name without a prefix."""

    topic: str
    partition: int


class Copied(NamedTuple):
    """A record as it stands in a topic."""

    offset: int
    at: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Copier:
    """Reads the topics of one prefix and writes those of another.

    Attributes:
        source, target: their prefixes.
        kafka: the broker.
        consumer, producer, admin: connected to it.
    """

    source: str
    target: str
    kafka: KafkaSettings
    consumer: AIOKafkaConsumer
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient

    async def spans(
        self, prefix: str, places: Sequence[PartitionOfTopic]
    ) -> dict[PartitionOfTopic, tuple[int, int]]:
        """Return where partitions begin and where what is committed of them ends."""
        parts = {self._part(prefix, place): place for place in places}
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            begins = await self.consumer.beginning_offsets(list(parts))
            ends = await self.consumer.end_offsets(list(parts))
        return {place: (begins[part], ends[part]) for part, place in parts.items()}

    async def read(self, prefix: str, place: PartitionOfTopic) -> AsyncIterator[list[Copied]]:
        """Yield all records of a partition that stand there now, in order.

        Raises:
            TimeoutError: the broker does not answer.
        """
        begin, end = (await self.spans(prefix, [place]))[place]
        part = self._part(prefix, place)
        async with _consumer(self.kafka) as consumer:  # one assigned anew may not end
            consumer.assign([part])
            consumer.seek(part, begin)
            position = begin
            while position < end:
                async with asyncio.timeout(IDLE_S_MAX):
                    while not (
                        found := await consumer.getmany(
                            part, timeout_ms=POLL_MS, max_records=LIST_RECORDS
                        )
                    ):
                        position = await consumer.position(part)
                        if position >= end:
                            return
                records = [_copied(record) for record in found[part] if record.offset < end]
                position = found[part][-1].offset + 1
                yield records

    async def write(self, place: PartitionOfTopic, records: Sequence[Copied]) -> None:
        """Append records to a partition of the target with the times they carry.

        Raises:
            KafkaError, TimeoutError: the broker did not take all of them.
        """
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            for batch in _batches(self.producer, records):
                future = await self.producer.send_batch(
                    batch, self.target + place.topic, partition=place.partition
                )
                await future

    async def begin_at(self, place: PartitionOfTopic, offset: int) -> None:
        """Have an empty or begun partition of the target begin at an offset, without a record."""
        _, end = (await self.spans(self.target, [place]))[place]
        filler = Copied(0, 0, b"", b"")
        while end < offset:
            count = min(FILLED_AT_ONCE, offset - end)
            await self.write(place, [filler] * count)
            end += count
        part = self._part(self.target, place)
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self.admin.delete_records({part: RecordsToDelete(offset)})

    async def committed(self, group: str) -> dict[PartitionOfTopic, int]:
        """Return what a group of the source has committed."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            found = await self.admin.list_consumer_group_offsets(self.source + group)
        return {
            PartitionOfTopic(part.topic.removeprefix(self.source), part.partition): at.offset
            for part, at in found.items()
            if at.offset >= 0
        }

    async def commit(self, group: str, offsets: dict[PartitionOfTopic, int]) -> None:
        """Commit for a group of the target, which has no members yet."""
        parts = {
            self._part(self.target, place): OffsetAndMetadata(offset, "")
            for place, offset in offsets.items()
        }
        async with _consumer(self.kafka, self.target + group) as consumer:
            consumer.assign(list(parts))
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await consumer.commit(parts)

    async def members(self, groups: Sequence[str]) -> list[str]:
        """Return those groups of the source that have members."""
        found: list[str] = []
        for group in groups:  # aiokafka cannot read the answer about several
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                answers = await self.admin.describe_consumer_groups([self.source + group])
            found += [group for one in answers for row in one.groups if row[_MEMBERS]]
        return found

    async def topics(self, prefix: str) -> dict[str, int]:
        """Return the number of partitions of each topic with a prefix, by its name without."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            described = await self.admin.describe_topics()
        return {
            row["topic"].removeprefix(prefix): len(row["partitions"])
            for row in described
            if row["topic"].startswith(prefix)
        }

    async def remove(self, topics: Sequence[str]) -> None:
        """Delete topics of the source and wait until the broker says that they are gone.

        Raises:
            KafkaError, TimeoutError: it refuses, or does not say so.
        """
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            answer = await self.admin.delete_topics([self.source + topic for topic in topics])
            for _, code, *_ in answer.topic_error_codes:
                if code not in (0, _UNKNOWN_TOPIC):
                    raise for_code(code)
            left = set(topics)
            while left:  # a deletion has no event
                await asyncio.sleep(_GONE_S)
                left &= (await self.topics(self.source)).keys()

    def _part(self, prefix: str, place: PartitionOfTopic) -> TopicPartition:
        return TopicPartition(prefix + place.topic, place.partition)


@asynccontextmanager
async def copier(kafka: KafkaSettings, source: str, target: str) -> AsyncIterator[Copier]:
    """Connect to the broker.

    Args:
        kafka: where it is.
        source: prefix of what is copied.
        target: prefix of the copy.
    """
    producer = AIOKafkaProducer(
        **broker_access.arguments(kafka),
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES_MAX,
        max_request_size=BATCH_BYTES_MAX,
    )
    admin = AIOKafkaAdminClient(**broker_access.arguments(kafka))
    async with _consumer(kafka) as consumer:
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await producer.start()
                await admin.start()
            yield Copier(source, target, kafka, consumer, producer, admin)
        finally:
            await asyncio.wait_for(producer.stop(), ANSWER_DEADLINE_S)
            await asyncio.wait_for(admin.close(), ANSWER_DEADLINE_S)


@asynccontextmanager
async def _consumer(
    kafka: KafkaSettings, group: str | None = None
) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **broker_access.arguments(kafka),
        group_id=group,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_partition_fetch_bytes=4 * BATCH_BYTES_MAX,
    )
    async with asyncio.timeout(ANSWER_DEADLINE_S):
        await consumer.start()
    try:
        yield consumer
    finally:
        await end_consumer(consumer, ANSWER_DEADLINE_S)


def _copied(record: "ConsumerRecord[bytes, bytes]") -> Copied:
    return Copied(record.offset, record.timestamp, record.key or b"", record.value or b"")


def _batches(producer: AIOKafkaProducer, records: Sequence[Copied]) -> Iterator[Any]:
    batch, held = producer.create_batch(), 0
    for record in records:
        said = {"key": record.key, "value": record.value, "timestamp": record.at}
        if batch.append(**said) is None:
            yield batch
            batch, held = producer.create_batch(), 0
            batch.append(**said)
        held += 1
    if held:
        yield batch
