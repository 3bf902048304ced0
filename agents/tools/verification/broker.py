"""Asks the broker where things stand: topics, offsets, commits, positions, single stretches."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

from agents.clock import Clock
from agents.config import KafkaSettings, Settings
from agents.engine.read.consumer_end import end_consumer
from agents.engine.read.log_reader import LogReader
from agents.process import broker_access
from schemas.codec import POSITION
from schemas.records.case import POSITION_KEY, Position
from schemas.topics import ANSWERS, CASES, HOTLINE

ANSWER_DEADLINE_S: Final = 60.0
"""Wall time for one answer of the broker."""

POLL_MS: Final = 200
ASKED_AGAIN: Final = 10
POLLS_IDLE_MAX: Final = 150
"""Half a minute without getting on: the broker does not answer."""

TAIL_RECORDS: Final = 5_000
"""Read first from the end of a partition in search of its positions, one every 5 s at least."""

_INBOX: Final = re.compile(re.escape(HOTLINE.name).replace(r"\{id\}", "[a-z0-9-]+"))
"""A hotline's id has no dot, so what is said back to it is none of them."""


Offsets = dict[tuple[str, int], int]
"""By topic without prefix and partition."""


@dataclass(frozen=True, slots=True)
class PartitionReader:
    """Reads offsets and single stretches of partitions."""

    kafka: KafkaSettings
    prefix: str
    consumer: AIOKafkaConsumer
    admin: AIOKafkaAdminClient

    async def topics(self) -> dict[str, int]:
        """Return the number of partitions of each topic of this ledger, by name without prefix."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            described = await self.admin.describe_topics()
        return {
            topic["topic"].removeprefix(self.prefix): len(topic["partitions"])
            for topic in described
            if topic["topic"].startswith(self.prefix)
        }

    async def begins(self, topics: Mapping[str, int]) -> Offsets:
        """Return the first offset of every partition of some topics."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            return self._named(await self.consumer.beginning_offsets(self._parts(topics)))

    async def ends(self, topics: Mapping[str, int]) -> Offsets:
        """Return the offset after the last committed record of every partition of some topics."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            return self._named(await self.consumer.end_offsets(self._parts(topics)))

    async def committed(self, role: str) -> Offsets:
        """Return what a role's members have committed; none where the role never ran.

        A broker that has just started loads its groups and meanwhile says that there is nothing
        (aiokafka passes over the error). So "nothing" is believed only when it is said again.
        """
        found: Mapping[TopicPartition, OffsetAndMetadata] = {}
        for _ in range(ASKED_AGAIN):
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                found = await self.admin.list_consumer_group_offsets(self.prefix + role)
            if found:
                break
            await asyncio.sleep(POLL_MS / 1_000)
        return {
            (part.topic.removeprefix(self.prefix), part.partition): at.offset
            for part, at in found.items()
            if at.offset >= 0
        }

    async def stretch(
        self, topic: str, partition: int, start: int, stop: int
    ) -> AsyncIterator[tuple[int, bytes, bytes]]:
        """Yield offset, key and value of the records of [start, stop)."""
        if start >= stop:
            return
        reader = LogReader(self.kafka, self.prefix + topic)  # no batch opens to more than it may
        clock, position, idle = Clock(), start, 0
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await reader.start()
            reader.follow({partition: start}, {partition: stop})
            while position < stop:
                async with asyncio.timeout(ANSWER_DEADLINE_S):
                    chunks = await reader.poll()
                idle = 0 if chunks else idle + 1
                if idle > POLLS_IDLE_MAX:
                    raise TimeoutError
                for chunk in chunks:
                    position = chunk.position
                    for record in chunk.received(topic, clock):
                        for offset in range(record.offset, min(record.next_offset, stop)):
                            yield offset, record.key, record.value or b""
        finally:
            await reader.stop()

    async def positions(self, partitions: int, table: str = CASES.name) -> dict[int, Position]:
        """Return the newest position of every partition of a table that has one.

        Args:
            partitions: of the table's topic.
            table: `cases.v1`, or another one whose owner writes where it stands.
        """
        topic = {table: partitions}
        begins, ends = await self.begins(topic), await self.ends(topic)
        found: dict[int, Position] = {}
        for place, end in ends.items():
            size = TAIL_RECORDS
            while True:
                start = max(begins[place], end - size)
                here = await self._positions_in(place, start, end)
                if here or start == begins[place]:
                    break
                size *= 4
            for partition, position in here.items():
                held = found.get(partition)
                if held is None or position.as_of > held.as_of:
                    found[partition] = position
        return found

    async def _positions_in(
        self, place: tuple[str, int], start: int, end: int
    ) -> dict[int, Position]:
        found: dict[int, Position] = {}
        async for _, key, value in self.stretch(*place, start, end):
            if key.startswith(POSITION_KEY) and value:
                position = POSITION.decode(value)
                found[position.partition] = position
        return found

    def _parts(self, topics: Mapping[str, int]) -> list[TopicPartition]:
        return [
            TopicPartition(self.prefix + topic, partition)
            for topic, count in topics.items()
            for partition in range(count)
        ]

    def _named(self, offsets: Mapping[TopicPartition, int]) -> Offsets:
        return {
            (part.topic.removeprefix(self.prefix), part.partition): offset
            for part, offset in offsets.items()
        }


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[PartitionReader]:
    """Connect to the broker for the duration of the block.

    Args:
        settings: with `kafka.bootstrap` set.
    """
    admin = AIOKafkaAdminClient(**broker_access.arguments(settings.kafka))
    async with _consumer(settings.kafka) as consumer:
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await admin.start()
            yield PartitionReader(settings.kafka, settings.kafka.topic_prefix, consumer, admin)
        finally:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await admin.close()


@asynccontextmanager
async def _consumer(kafka: KafkaSettings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        **broker_access.arguments(kafka),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await consumer.start()
        yield consumer
    finally:
        await end_consumer(consumer, ANSWER_DEADLINE_S)


def inboxes(topics: Mapping[str, int]) -> dict[str, int]:
    """Return what intake reads among some topics: the inboxes of hotlines, and hosters' answers."""
    return {
        topic: count
        for topic, count in topics.items()
        if _INBOX.fullmatch(topic) or topic == ANSWERS.name
    }
