"""Reads partitions from their start, outside any consumer group: views are loaded with it.

The end is judged by position, not by the last record: on a compacted, truncated or empty topic the
last record before the end offset may not exist any more. A reader that waits for it waits for ever.
Stores are loaded by `agents.engine.read.recovery`, on the same reader.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from types import MappingProxyType
from typing import TypeVar

from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.failures import LoadStalled
from agents.engine.read.brokers import reader_of
from agents.engine.read.log_reader import ANSWER_DEADLINE_S
from agents.engine.stage import Received
from schemas.codec import Codec, Rejected

T = TypeVar("T")

PROGRESS_DEADLINE_S = 30.0
"""Wall time in which a reader that has not caught up must get on; one that cannot load must not
seem to be loading. One that has caught up waits for the broker as long as it takes."""


class Follower:
    """Reads partitions of one topic from the start and follows them.

    Args:
        settings: broker, prefix and clock.
        topic: name without prefix.
        partitions: which; None = all.
        since: offsets to begin at by partition, in place of the start.

    Attributes:
        caught_up: the end offsets seen at the start have been passed.
    """

    def __init__(
        self,
        settings: Settings,
        topic: str,
        partitions: Collection[int] | None = None,
        since: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        self._clock = settings.clock.clock()
        self._topic = topic
        self._wanted = partitions
        self._since = since
        self._ends: dict[int, int] = {}
        self._left: dict[int, int] = {}
        self._moved_s = 0.0
        self._reader = reader_of(settings.kafka, settings.kafka.topic_prefix + topic)
        self.caught_up = False

    async def start(self) -> None:
        """Connect, find the partitions and note their end offsets."""
        report_progress(f"the ends of {self._topic}")
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            there = await self._reader.start()
            bounds = await self._reader.bounds(there if self._wanted is None else self._wanted)
        bounds = {p: (max(begin, self._since.get(p, 0)), end) for p, (begin, end) in bounds.items()}
        self._reader.follow({partition: begin for partition, (begin, _) in bounds.items()})
        self._ends = {p: end for p, (begin, end) in bounds.items() if begin < end}
        self._left = {p: self._ends[p] - bounds[p][0] for p in self._ends}
        self._moved_s = asyncio.get_running_loop().time()
        self.caught_up = not self._ends

    @property
    def left(self) -> int:
        """Return how many offsets are before the ends that stood there at the start."""
        return sum(self._left.values())

    async def stop(self) -> None:
        """Disconnect."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self._reader.stop()

    async def poll(self) -> list[Received]:
        """Return what arrived within the poll time, in order within a partition.

        Raises:
            LoadStalled: it has not caught up and does not get on.
            LogShrunk: a partition ends before what was read of it.
        """
        spans = await self._reader.poll()
        found: list[Received] = []
        for span in spans:
            found += span.received(self._topic, self._clock)
            end = self._ends.get(span.partition)
            if end is not None:
                self._left[span.partition] = max(0, end - span.position)
                if span.position >= end:
                    del self._ends[span.partition]
            await asyncio.sleep(0)  # others get the loop between two spans of some 10 ms
        now_s = asyncio.get_running_loop().time()
        if spans:
            self._moved_s = now_s
            report_progress(f"records of {self._topic}")
        self.caught_up = not self._ends
        if not self.caught_up and now_s - self._moved_s > PROGRESS_DEADLINE_S:
            raise LoadStalled(self._topic, PROGRESS_DEADLINE_S)
        return found

    async def lists(self) -> AsyncIterator[list[Received]]:
        """Yield lists of records for ever; empty ones too, so that `caught_up` is noticed."""
        while True:
            yield await self.poll()


async def read_partitions(
    settings: Settings,
    topic: str,
    partitions: Collection[int],
    on_left: Callable[[int], None] | None = None,
    since: Mapping[int, int] = MappingProxyType({}),
) -> AsyncGenerator[list[Received], None]:
    """Yield all records of the partitions up to the end offsets seen at the start.

    Args:
        settings: broker, prefix and clock.
        topic: name without prefix.
        partitions: which.
        on_left: told before each list is fetched how many offsets are left to read.
        since: offsets to begin at by partition, in place of the start.
    """
    if not partitions:
        return
    follower = Follower(settings, topic, partitions, since)
    try:
        await follower.start()
        while not follower.caught_up:
            if on_left is not None:
                on_left(follower.left)
            yield await follower.poll()
    finally:
        await follower.stop()


async def read_decoded(
    settings: Settings, topic: str, partitions: Collection[int], codec: Codec[T]
) -> AsyncIterator[tuple[T, Received]]:
    """Yield what the records of partitions say, each with the record; others are passed over.

    Those others are of a newer version or none: whoever works with the topic names them.

    Args:
        settings: broker, prefix and clock.
        topic: name without prefix.
        partitions: which.
        codec: of the topic.
    """
    async for records in read_partitions(settings, topic, partitions):
        for record in records:
            try:
                said = codec.decode(record.value)
            except Rejected:
                continue
            yield said, record
