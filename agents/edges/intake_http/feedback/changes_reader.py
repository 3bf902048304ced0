"""Follows the topics of all hotlines for the index, and fetches what a request asks for."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Final

from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.edges.intake_http.feedback.cursor import log_of
from agents.edges.intake_http.feedback.index import ChangesTopic, RecordPlaces, is_feedback
from agents.engine.read.log_reader import LogReader, LogShrunk
from agents.engine.slices import Slices
from agents.engine.stage import Received
from agents.engine.supervision import together
from agents.process.log import log
from schemas.records.reports import HotlineId
from schemas.topics import HOTLINE_OUT

READS_MAX: Final = 4
"""Fetches for requests at a time; each has a connection of its own and an answer of 512 KiB."""

ANSWER_BYTES_MAX: Final = 512 * 1_024
"""A page of 1,000 changes has some 500 KB."""

READ_DEADLINE_S: Final = 10.0
"""For a fetch and its place in the queue; a client asks again."""

CHECK_EVERY_S: Final = 5.0
CHECK_DEADLINE_S: Final = 5.0
"""Of the broker, to say where a topic ends."""


class NotRead(Exception):
    """The broker did not answer in time."""


class Expired(Exception):
    """What was asked for is older than the topic keeps, and gone."""


class ChangesReader:
    """Keeps the index up to date.

    Args:
        settings: broker, prefix and clock.
        hotlines: whose topics are read.
        ids_max: records whose places are kept.

    Attributes:
        topics: how far each hotline's topic was read.
        places: where records stand.
    """

    def __init__(self, settings: Settings, hotlines: Collection[HotlineId], ids_max: int) -> None:
        self._settings = settings
        self._clock = settings.clock.clock()
        self._reads = asyncio.Semaphore(READS_MAX)
        self.topics = {hotline: ChangesTopic() for hotline in hotlines}
        self.places = RecordPlaces(ids_max)

    @property
    def current(self) -> bool:
        """All topics were read to where they ended at the last check."""
        return all(changes.current for changes in self.topics.values())

    async def run(self) -> None:
        """Follow the topics until cancelled; any fault ends it."""
        if not self.topics:
            await asyncio.Event().wait()
        await together(
            *(self._follow(hotline, changes) for hotline, changes in self.topics.items())
        )

    async def _follow(self, hotline: HotlineId, changes: ChangesTopic) -> None:
        topic = HOTLINE_OUT.named(hotline)
        reader = self._reader(topic)
        try:
            partitions = await reader.start()
            changes.log = log_of(await reader.identity())
            changes.positions = {
                partition: begin
                for partition, (begin, _) in (await reader.bounds(partitions)).items()
            }
            reader.follow(changes.positions)
            await together(self._take(hotline, changes, reader), self._check(changes, reader))
        finally:
            await reader.stop()

    async def _take(self, hotline: HotlineId, changes: ChangesTopic, reader: LogReader) -> None:
        topic = HOTLINE_OUT.named(hotline)
        while True:
            spans = await reader.poll()
            slices, came = Slices(), False
            for span in spans:
                records, passed = span.readable(topic, self._clock)
                for offset in passed:
                    place = f"{topic}/{span.partition}/{offset}"
                    log("intake").error(f"{place} begins a batch that cannot be read, passed over")
                for record in records:
                    if record.offset >= span.start:
                        self.places.take(hotline, record)
                        changes.filled[record.partition] = record.next_offset
                        came = True
                    await slices.pause()
                changes.positions[span.partition] = span.position
            if came:
                changes.notify()

    @staticmethod
    async def _check(changes: ChangesTopic, reader: LogReader) -> None:
        while True:
            try:
                async with asyncio.timeout(CHECK_DEADLINE_S):
                    bounds = await reader.bounds(tuple(changes.positions))
            except (KafkaError, TimeoutError):
                changes.current = False
            else:
                await _read_to(changes, {p: end for p, (_, end) in bounds.items()})
            await asyncio.sleep(CHECK_EVERY_S)

    async def read(
        self,
        hotline: HotlineId,
        spans: Mapping[int, tuple[int, int]],
        limit: int,
        named: Collection[int] = (),
    ) -> tuple[list[Received], dict[int, int]]:
        """Return the feedback in a hotline's topic, and where to go on by partition.

        What is no feedback is read past: an answer with it in it could not be read. So is a batch
        that a disk damaged: one hotline's must not end the answers of all.

        Args:
            hotline: whose.
            spans: first offset and end by partition.
            limit: of records.
            named: partitions whose first offset has to be there still; others are begun at what
                the topic keeps.

        Raises:
            NotRead: the broker did not answer in time.
            Expired: the first offset of a named partition is gone.
        """
        try:
            async with asyncio.timeout(READ_DEADLINE_S), self._reads:
                return await self._fetched(HOTLINE_OUT.named(hotline), spans, limit, named)
        except (KafkaError, LogShrunk, TimeoutError):
            raise NotRead from None

    async def _fetched(
        self,
        topic: str,
        spans: Mapping[int, tuple[int, int]],
        limit: int,
        named: Collection[int],
    ) -> tuple[list[Received], dict[int, int]]:
        reader = self._reader(topic)
        found: list[Received] = []
        after: dict[int, int] = {}
        try:
            await reader.start()
            for partition, (begin, _) in (await reader.bounds(tuple(spans))).items():
                first = spans[partition][0]
                if first < begin and partition in named:
                    raise Expired
                after[partition] = max(first, begin)
            reader.follow(after, {partition: end for partition, (_, end) in spans.items()})
            while len(found) < limit and any(after[p] < end for p, (_, end) in spans.items()):
                for span in await reader.poll():
                    first, end = max(after[span.partition], span.start), span.position
                    records, _ = span.readable(topic, self._clock)
                    found += [one for one in records if one.offset >= first and is_feedback(one)]
                    after[span.partition] = max(end, first)
        finally:
            await reader.stop()
        found.sort(key=lambda record: (record.appended_at, record.partition, record.offset))
        for record in reversed(found[limit:]):
            after[record.partition] = record.offset
        return found[:limit], after

    def _reader(self, topic: str) -> LogReader:
        kafka = self._settings.kafka
        return LogReader(kafka, kafka.topic_prefix + topic, ANSWER_BYTES_MAX)


async def _read_to(changes: ChangesTopic, ends: Mapping[int, int]) -> None:
    """Say whether the index gets to where a topic ends within the time to the next check."""
    latest_s = asyncio.get_running_loop().time() + CHECK_EVERY_S
    while any(changes.positions[partition] < end for partition, end in ends.items()):
        if asyncio.get_running_loop().time() > latest_s:
            changes.current = False
            return
        await asyncio.sleep(0.05)
    changes.current = changes.loaded = True
