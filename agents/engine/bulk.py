"""Reads whole partitions in bulk, outside any consumer group.

State is recovered and views are loaded with it. The end is judged by position, not by the last
record: on a compacted, truncated or empty topic the last record before the end offset may not
exist any more, and a reader that waits for it waits for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.clock import Clock
from agents.config import Settings
from agents.engine.stage import Received

POLL_S = 0.2
FETCH_BYTES_MAX = 4 * 1024 * 1024
ANSWER_DEADLINE_S = 30.0
"""Wall time for one answer of the broker; a stage that cannot load must not seem to be loading."""


def received(record: Any, prefix: str, clock: Clock) -> Received:
    """Turn an aiokafka record into ours."""
    return Received(
        topic=record.topic[len(prefix) :],
        partition=record.partition,
        offset=record.offset,
        appended_at=clock.world(record.timestamp),
        key=record.key or b"",
        value=record.value,
        headers=tuple(record.headers),
    )


class Follower:
    """Reads partitions of one topic from the start and follows them.

    Args:
        settings: broker, prefix and clock.
        topic: name without prefix.
        partitions: which; None = all.

    Attributes:
        caught_up: the end offsets seen at the start have been passed.
    """

    def __init__(
        self, settings: Settings, topic: str, partitions: Collection[int] | None = None
    ) -> None:
        self._prefix = settings.kafka.topic_prefix
        self._clock = settings.clock.clock()
        self._topic = self._prefix + topic
        self._wanted = partitions
        self._ends: dict[TopicPartition, int] = {}
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka.bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=FETCH_BYTES_MAX,
            fetch_max_wait_ms=int(POLL_S * 1_000),
        )
        self.caught_up = False

    async def start(self) -> None:
        """Connect, find the partitions and note their end offsets."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self._consumer.start()
            wanted = self._wanted
            if wanted is None:
                wanted = await self._all_partitions()
            parts = [TopicPartition(self._topic, p) for p in sorted(wanted)]
            self._consumer.assign(parts)
            await self._consumer.seek_to_beginning(*parts)
            self._ends = await self._consumer.end_offsets(parts) if parts else {}
        await self._look()

    async def _all_partitions(self) -> set[int]:
        # partitions_for_topic() of the consumer knows only topics it is subscribed to
        while True:
            cluster = await self._consumer._client.fetch_all_metadata()  # noqa: SLF001 - as above
            found = cluster.partitions_for_topic(self._topic)
            if found:
                return set(found)
            await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """Disconnect."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self._consumer.stop()

    async def _look(self) -> None:
        if not self.caught_up:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                behind = [
                    part
                    for part, end in self._ends.items()
                    if await self._consumer.position(part) < end
                ]
            self.caught_up = not behind

    async def poll(self) -> list[Received]:
        """Return what arrived within the poll time, in order within a partition."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            batches = await self._consumer.getmany(timeout_ms=int(POLL_S * 1_000))
        found = [
            received(record, self._prefix, self._clock)
            for records in batches.values()
            for record in records
        ]
        await self._look()
        return found

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield lists of records for ever; empty ones too, so that `caught_up` is noticed."""
        while True:
            yield await self.poll()


async def read_partitions(
    settings: Settings, topic: str, partitions: Collection[int]
) -> AsyncIterator[list[Received]]:
    """Yield all records of the partitions up to the end offsets seen at the start."""
    if not partitions:
        return
    follower = Follower(settings, topic, partitions)
    try:
        await follower.start()
        while not follower.caught_up:
            yield await follower.poll()
    finally:
        await follower.stop()
