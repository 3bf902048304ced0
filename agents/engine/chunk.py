"""A piece of a partition as it was fetched: which batches are to be seen, and their records."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

from aiokafka import errors as kafka
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.memory_records import MemoryRecords

from agents.clock import Clock
from agents.engine.stage import Received
from agents.engine.store import Pair
from schemas.moments import Instant

_LOG_APPEND_TIME: Final = 1  # timestamp type of a batch: the broker's, one for all its records


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a partition as it was fetched: whole batches, not yet taken apart.

    Attributes:
        partition: of which partition.
        start: the position it was fetched at.
        position: the position behind it.
        batches: aiokafka's record batches, markers and aborted ones left out.
    """

    partition: int
    start: int
    position: int
    batches: Sequence[Any]

    def records(self) -> Iterator[list[Any]]:
        """Give the records of each batch as aiokafka has them; checks the batch first.

        Raises:
            aiokafka.errors.CorruptRecordException: a checksum is wrong.
        """
        for _, records in self._checked():
            yield records

    def _checked(self) -> Iterator[tuple[Any, list[Any]]]:
        for batch in self.batches:
            if not batch.validate_crc():
                raise kafka.CorruptRecordException
            below = batch.base_offset < self.start  # fetched from its middle
            yield batch, [r for r in batch if r.offset >= self.start] if below else list(batch)

    def received(self, topic: str, clock: Clock) -> list[Received]:
        """Return the records as stages get them.

        aiokafka's consumer makes two objects of each, the greater one of twelve fields, in three
        calls of Python; it took twice as long.

        Args:
            topic: theirs, without the run's prefix.
            clock: turns append times into world time.

        Raises:
            aiokafka.errors.CorruptRecordException: a checksum is wrong.
        """
        found: list[Received] = []
        for batch, records in self._checked():
            found += [
                Received(
                    topic,
                    self.partition,
                    record.offset,
                    at,
                    record.key or b"",
                    record.value,
                    tuple(headers) if (headers := record.headers) else (),
                )
                for record, at in zip(records, _times(batch, records, clock), strict=False)
            ]
        return found

    def pairs(self) -> list[Pair]:
        """Return the keys and values of all records."""
        return [(r.key or b"", r.value) for records in self.records() for r in records]


def _times(batch: Any, records: Sequence[Any], clock: Clock) -> Iterable[Instant]:
    """Return when each record of a batch was appended, in world time; may go on for ever."""
    if batch.timestamp_type == _LOG_APPEND_TIME:
        return repeat(clock.world(batch.max_timestamp))
    return [clock.world(record.timestamp) for record in records]


def skipped(partition: int, start: int, position: int) -> Chunk:
    """Return a chunk without a record: the log holds none between the two positions."""
    return Chunk(partition=partition, start=start, position=position, batches=())


def chunk_of(partition: int, start: int, records: MemoryRecords, aborted: Sequence[Any]) -> Chunk:
    """Read the heads of the batches: where they end, and which are not to be seen.

    Args:
        partition: of which partition.
        start: the position it was fetched at.
        records: what the broker sent.
        aborted: transactions taken back, as pairs of producer and first offset.
    """
    begun = deque(sorted(aborted, key=lambda one: one[1]))
    lost: set[int] = set()
    batches = []
    position = start
    while records.has_next():
        batch = records.next_batch()
        position = batch.next_offset
        while begun and begun[0][1] <= batch.base_offset:
            lost.add(begun.popleft()[0])
        if batch.is_control_batch:
            if ControlRecord.parse(next(batch).key) == ABORT_MARKER:
                lost.discard(batch.producer_id)
        elif not (batch.is_transactional and batch.producer_id in lost):
            batches.append(batch)
    return Chunk(partition=partition, start=start, position=position, batches=batches)
