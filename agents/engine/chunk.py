"""A piece of a partition as it was fetched: which batches are to be seen, and their records."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import errors as kafka
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.memory_records import MemoryRecords

from agents.engine.store import Pair


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
        for batch in self.batches:
            if not batch.validate_crc():
                raise kafka.CorruptRecordException
            below = batch.base_offset < self.start  # fetched from its middle
            yield [r for r in batch if r.offset >= self.start] if below else list(batch)

    def pairs(self) -> list[Pair]:
        """Return the keys and values of all records."""
        return [(r.key or b"", r.value) for records in self.records() for r in records]


def skipped(partition: int, start: int, position: int) -> Chunk:
    """Return a chunk without a record: the log holds none between the two positions."""
    return Chunk(partition=partition, start=start, position=position, batches=())


def chunk_of(part: Sequence[Any], start: int) -> Chunk:
    """Read the heads of the batches: where they end, and which are not to be seen.

    Args:
        part: a partition's row of a fetch response, version 11.
        start: the position it was fetched at.
    """
    partition, _, _, _, _, aborted, *_, raw = part
    begun = deque(sorted(aborted or (), key=lambda one: one[1]))  # (producer, first offset)
    lost: set[int] = set()
    batches = []
    position = start
    records = MemoryRecords(raw)
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
