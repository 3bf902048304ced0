"""Reads partitions of one topic through the fetch protocol itself, in bulk and in no group.

aiokafka's consumer makes an object of twelve fields of every record; for a million states that is
more work than everything else recovery does. Here a record is a tuple, and the next fetch is under
way while the last is worked off. A position moves over what the log no longer holds: transaction
markers, aborted records, what was compacted or cut away. It moves over nothing else: what the
broker leaves out otherwise is told of as a batch that cannot be read.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka import errors as kafka
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest

from agents.config import KafkaSettings
from agents.engine.read.broker_errors import UNREACHED, passes
from agents.engine.read.disk_damage import UNREADABLE
from agents.engine.read.empty_fetch import EmptyAnswers, FetchWait, OffsetQuestion, base_of
from agents.engine.read.fetched_span import FetchedSpan, skipped, span_of
from agents.engine.read.topic_id import described, partitions_of
from agents.engine.supervision import LIBRARY_TASKS
from agents.process import broker_access
from schemas.topics import is_compacted

PARTITION_BYTES_MAX: Final = 4 * 1024 * 1024
RESPONSE_BYTES_MAX: Final = 16 * 1024 * 1024
"""One answer; up to two are held, one being worked off and one under way."""

ANSWER_DEADLINE_S: Final = 30.0
"""Wall time for one answer of the broker."""

BACKOFF_S: Final = 0.1
"""Between tries while a partition has no leader or its broker does not answer."""

_COMMITTED: Final = 1  # isolation level read_committed
_BEGINNING, _END = -2, -1  # what ListOffsets asks for; the end of committed reading is stable

_ENDLESS: Final[Mapping[int, int]] = MappingProxyType({})


class LogShrunk(Exception):
    """The log ends before the position: the topic was made anew, or the broker lost records."""


class LogReader:
    """Reads what is committed of some partitions, each from a position on.

    Args:
        broker: where it is.
        topic: its full name.
        answer_bytes: of one answer, and of a partition in it; the broker gives at least one batch.
    """

    def __init__(
        self, broker: KafkaSettings, topic: str, answer_bytes: int = RESPONSE_BYTES_MAX
    ) -> None:
        self._answer_bytes = answer_bytes
        self._client = AIOKafkaClient(
            **broker_access.arguments(broker), request_timeout_ms=int(ANSWER_DEADLINE_S * 1_000)
        )
        self._topic = topic
        self._gaps = is_compacted(topic.removeprefix(broker.topic_prefix))
        self._empty = EmptyAnswers()
        self._positions: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._wait = FetchWait()
        self._order: deque[int] = deque()
        self._under_way: dict[int, asyncio.Task[list[FetchedSpan]]] = {}

    async def start(self) -> frozenset[int]:
        """Connect and return the topic's partitions; raises what `partitions_of` raises."""
        await self._client.bootstrap()
        partitions = await partitions_of(self._client, self._topic)
        await self._client.set_topics([self._topic])
        LIBRARY_TASKS.keep(self._client, "reader")
        return partitions

    async def stop(self) -> None:
        """Disconnect.

        Raises:
            TimeoutError: what was under way did not end.
        """
        LIBRARY_TASKS.let_go(self._client)
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._client.close()

    async def bounds(self, partitions: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return where each partition begins and where what is committed ends."""
        begins = await self._offsets(partitions, _BEGINNING)
        ends = await self._offsets(partitions, _END)
        return {p: (begins[p], ends[p]) for p in partitions}

    async def since(self, partitions: Collection[int], wall_ms: int) -> dict[int, int]:
        """Return where each partition's records begin that were appended at a time or later.

        Args:
            partitions: which.
            wall_ms: by the broker's clock. A partition without such a record is left out.
        """
        found = await self._offsets(partitions, max(wall_ms, 0))
        return {partition: offset for partition, offset in found.items() if offset >= 0}

    async def identity(self) -> str:
        """Return what tells this topic from one of the same name, elsewhere or made anew."""
        while not (identity := (await described(self._client, self._topic)).identity):
            await self._wait_for_leaders()
        return identity

    def follow(self, positions: Mapping[int, int], ends: Mapping[int, int] = _ENDLESS) -> None:
        """Read these partitions too.

        Args:
            positions: from where on.
            ends: position at which a partition is read no longer; without one it is for ever.
        """
        self._order.extend(p for p in positions if p not in self._positions)
        self._positions.update(positions)
        self._ends.update(ends)

    async def poll(self) -> list[FetchedSpan]:
        """Return what one fetch brought, at most a fetch's wait after the call.

        Raises:
            LogShrunk: a partition ends before its position.
            aiokafka.errors.KafkaError: the broker refuses for good.
        """
        self._fetch_next()
        if not self._under_way:
            await asyncio.sleep(BACKOFF_S)
            return []
        timeout_s = self._wait.ms(self._positions) / 1_000
        done, _ = await asyncio.wait(
            self._under_way.values(), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        found: list[FetchedSpan] = []
        for node in [node for node, task in self._under_way.items() if task in done]:
            found += self._taken(self._under_way.pop(node).result())
        self._fetch_next()
        return found

    def _taken(self, spans: Sequence[FetchedSpan]) -> Iterator[FetchedSpan]:
        """Move the positions on, and leave partitions that are read to their end."""
        for span in spans:
            if self._positions.get(span.partition) == span.start:
                self._order.remove(span.partition)
                if span.position >= self._ends.get(span.partition, span.position + 1):
                    del self._positions[span.partition], self._ends[span.partition]
                else:
                    self._positions[span.partition] = span.position
                    self._order.append(span.partition)  # who was served stands last
                yield span

    def _by_leader(self, partitions: Collection[int]) -> dict[int, list[int]]:
        leaders: dict[int, list[int]] = {}
        for partition in partitions:
            leader = self._client.cluster.leader_for_partition(
                TopicPartition(self._topic, partition)
            )
            if leader is None or leader == -1:
                self._client.force_metadata_update()
            else:
                leaders.setdefault(leader, []).append(partition)
        return leaders

    def _fetch_next(self) -> None:
        for node, partitions in self._by_leader(self._order).items():
            if node not in self._under_way:
                wanted = {p: self._positions[p] for p in partitions}
                self._under_way[node] = asyncio.create_task(self._fetch(node, wanted))

    async def _fetch(self, node: int, wanted: Mapping[int, int]) -> list[FetchedSpan]:
        asked = [(p, at, min(PARTITION_BYTES_MAX, self._answer_bytes)) for p, at in wanted.items()]
        wait_ms, topics = self._wait.ms(wanted), [(self._topic, asked)]
        request = FetchRequest(wait_ms, 1, self._answer_bytes, _COMMITTED, topics, "")
        try:
            return await self._read(node, wanted, await self._client.send(node, request))
        except UNREACHED:
            await self._wait_for_leaders()
            return []

    async def _read(self, node: int, wanted: Mapping[int, int], answer: Any) -> list[FetchedSpan]:
        parts = {part[0]: part for _, parts in answer.topics for part in parts}
        found, again, full = [], False, False
        for partition in (p for p in wanted if p in parts):
            _, code, end, stable, _, aborted, *_, records = parts[partition]
            start, error = wanted[partition], kafka.for_code(code)
            self._wait.heard(partition, stable)
            if error is kafka.NoError and records:
                full = True
                place, offsets = (self._topic, partition), (start, end)
                span = span_of(place, offsets, records, aborted or (), gaps=self._gaps)
                found.append(await self._complete(node, span, base_of(records)))
            elif error is kafka.NoError:
                # Behind one that is full there may have been no room. Of the first that has
                # something the broker sends at least one batch, whatever the limits.
                if not full and stable > start and self._empty.is_believed(partition, start):
                    found.append(await self._unanswered(node, partition, start, stable))
            elif error is kafka.OffsetOutOfRangeError:
                begin = await self._beginning(partition, start)
                found.append(skipped(self._topic, partition, start, begin))
            elif error is kafka.CorruptRecordException:
                found.append(self._unreadable(partition, start))
            elif passes(code):
                again = True
            else:
                raise error
        if again:
            await self._wait_for_leaders()
        return found

    def _question(self, node: int, partition: int) -> OffsetQuestion:
        return OffsetQuestion(partial(self._client.send, node), self._topic, partition)

    def _unreadable(self, partition: int, start: int) -> FetchedSpan:
        return span_of((self._topic, partition), (start, start + 1), UNREADABLE, ())

    async def _complete(self, node: int, span: FetchedSpan, base: int) -> FetchedSpan:
        """Return a span unless the broker passed over something in front of it.

        Args:
            node: who answered.
            span: what it answered.
            base: where the first batch says that it stands.
        """
        partition, start = span.partition, span.start
        if base <= start:
            return span
        if not self._gaps:
            begin = await self._beginning(partition, start)
            return skipped(self._topic, partition, start, begin) if begin > start else span
        hides = await self._question(node, partition).hides(start, min(base, span.position))
        return self._unreadable(partition, start) if hides else span

    async def _unanswered(self, node: int, partition: int, start: int, stable: int) -> FetchedSpan:
        """Return what stands at a position that was answered with nothing below the stable end."""
        begin = await self._beginning(partition, start)
        if begin > start:
            return skipped(self._topic, partition, start, begin)
        if self._gaps and await self._question(node, partition).is_gone(start, stable):
            return skipped(self._topic, partition, start, stable)
        return self._unreadable(partition, start)

    async def _beginning(self, partition: int, position: int) -> int:
        """Return where the log begins now that it was cut off in front of a position."""
        begin, end = (await self.bounds((partition,)))[partition]
        if position > end:
            raise LogShrunk
        return begin

    async def _wait_for_leaders(self) -> None:
        self._client.force_metadata_update()
        await asyncio.sleep(BACKOFF_S)

    async def _offsets(self, partitions: Collection[int], which: int) -> dict[int, int]:
        found: dict[int, int] = {}
        while missing := [p for p in partitions if p not in found]:
            for node, parts in self._by_leader(missing).items():
                asked = [(self._topic, [(p, which) for p in parts])]
                request = OffsetRequest(-1, _COMMITTED, asked)
                with contextlib.suppress(*UNREACHED):
                    found |= _offsets_in(await self._client.send(node, request))
            if len(found) < len(partitions):
                await self._wait_for_leaders()
        return found


def _offsets_in(answer: Any) -> dict[int, int]:
    found = {}
    for partition, code, _, offset, *_ in (part for _, parts in answer.topics for part in parts):
        if code == 0:
            found[partition] = offset
        elif not passes(code):
            raise kafka.for_code(code)
    return found
