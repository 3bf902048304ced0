"""The batches of a piece of a partition: each is read, or said to be unreadable, whatever it is.

aiokafka's own (`MemoryRecords`, which this takes the place of) raises for one that it cannot read,
and skips an offset where it sees no whole one. A batch opens to whatever its writer chose there.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from hashlib import sha256
from struct import Struct
from typing import Any, Final

from aiokafka import errors as kafka
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.default_records import DefaultRecordBatch

from agents.engine.read.batch_records import (
    COUNT_AT,
    HEADER_BYTES,
    INT,
    RECORDS_MAX,
    CheckedBatch,
    FaultyBatch,
    records_of,
)
from schemas.closed_lists import Quarantine

_FRAME: Final = Struct(">qi")  # base offset, length of what follows
_MAGIC_AT, _MAGIC = 16, 2


class RecordBatches:
    """The batches of a piece of a partition, one after another.

    Args:
        raw: what the broker sent.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = memoryview(raw)
        self._at = 0
        self._length = self._measured()
        self._begun: deque[Any] | None = None
        self._lost: set[int] = set()

    def size_in_bytes(self) -> int:
        """Return how many bytes the broker sent."""
        return len(self._raw)

    def has_next(self) -> bool:
        """Return whether more can be said of it; a batch cut off behind others comes again."""
        return self._length is not None or (self._at == 0 and len(self._raw) > 0)

    def next_batch(self) -> Any:
        """Return the next batch as aiokafka's own way does, for who reads that way."""
        raw = self._cut()
        if raw is None or not _is_known(raw):
            raise kafka.CorruptRecordException
        return DefaultRecordBatch(raw)

    def visible(
        self, start: int, end: int, aborted: Sequence[Any], *, gaps: bool = False
    ) -> Iterator[tuple[int, CheckedBatch | FaultyBatch | None]]:
        """Give each batch with the position behind it; None for one that is not to be seen.

        Args:
            start: the position it was fetched at.
            end: the partition's; a checksum does not cover where a batch says that it stands.
            aborted: aborted transactions, as pairs of producer and first offset; those of the
                first call hold.
            gaps: offsets may be missing between two batches, as compaction leaves it. Elsewhere
                what is missing could not be read.
        """
        if self._begun is None:
            self._begun = deque(sorted(aborted, key=lambda one: one[1]))
        position = start
        while self.has_next():
            if position >= end:  # said to stand behind all others: that is not so
                self._drop()
                return
            before = self._at, self._length
            found = self._next(position, end)
            if not gaps and isinstance(found, CheckedBatch) and found.batch.base_offset > position:
                self._at, self._length = before  # the batch comes again, behind what is missing
                last = found.batch.base_offset - 1
                found = FaultyBatch(
                    position, last, Quarantine.UNREADABLE, None, sha256().hexdigest()
                )
            if isinstance(found, FaultyBatch):
                position = found.last + 1
                yield position, found
            else:
                position = max(position, found.batch.next_offset)
                yield position, found if self._is_seen(found) else None

    def _next(self, position: int, end: int) -> CheckedBatch | FaultyBatch:
        raw = self._cut()
        if raw is None:  # no frame can be told, so nothing behind it either
            rest = self._raw[self._at :]
            self._drop()
            digest = sha256(rest).hexdigest()
            return FaultyBatch(position, position, Quarantine.UNREADABLE, None, digest)
        batch = DefaultRecordBatch(raw) if _is_known(raw) else None
        base = self._base()
        stop = end if base is None or not position < base < end else base
        if batch is not None and position < batch.next_offset <= stop and batch.validate_crc():
            return CheckedBatch(batch, raw, position)
        digest = sha256(raw).hexdigest()
        last, at_ms = _believed(batch, raw, position)
        if base is not None and at_ms is None:
            last = stop - 1
        last = max(position, min(last, stop - 1))
        return FaultyBatch(position, last, Quarantine.UNREADABLE, at_ms, digest)

    def _drop(self) -> None:
        self._at, self._length = len(self._raw), None

    def _base(self) -> int | None:
        """Return where the batch that comes next says that it stands, None if there is none."""
        return None if self._length is None else _FRAME.unpack_from(self._raw, self._at)[0]

    def _measured(self) -> int | None:
        """Return the length of the batch that comes next, None if no whole one is there."""
        left = len(self._raw) - self._at
        if left < _FRAME.size:
            return None
        length = _FRAME.size + int(_FRAME.unpack_from(self._raw, self._at)[1])
        return length if _FRAME.size < length <= left else None

    def _cut(self) -> memoryview | None:
        length = self._length
        if length is None:
            return None
        begin = self._at
        self._at = begin + length
        self._length = self._measured()
        return self._raw[begin : begin + length]

    def _is_seen(self, checked: CheckedBatch) -> bool:
        batch, begun = checked.batch, self._begun
        while begun and begun[0][1] <= batch.base_offset:
            self._lost.add(begun.popleft()[0])
        if not batch.is_control_batch:
            return not (batch.is_transactional and batch.producer_id in self._lost)
        if _is_abort(checked):
            self._lost.discard(batch.producer_id)
        return False


def _believed(batch: Any, raw: memoryview, position: int) -> tuple[int, int | None]:
    """Return last offset and append time of a batch that is wrong, if its head can be believed.

    It is if it agrees with itself. Else it is taken for one record, if no batch behind it says
    better, and the broker sends what stands there.
    """
    if batch is not None:
        (count,) = INT.unpack_from(raw, COUNT_AT)
        if count == batch.last_offset_delta + 1 and 0 < count <= RECORDS_MAX:
            return batch.next_offset - 1, batch.max_timestamp
    return position, None


def _is_known(raw: memoryview) -> bool:
    """Return whether it is of the format that brokers write; Kafka 4 has no older ones."""
    return len(raw) >= HEADER_BYTES and raw[_MAGIC_AT] == _MAGIC


def _is_abort(checked: CheckedBatch) -> bool:
    markers = records_of(checked)
    if (
        isinstance(markers, FaultyBatch) or not markers
    ):  # compaction leaves batches without their marker
        return False
    try:
        return bool(ControlRecord.parse(markers[0].key) == ABORT_MARKER)
    except (AttributeError, ValueError, TypeError):
        return False
