"""The batches of a piece of a partition: each is read, or said to be unreadable, whatever it is.

aiokafka's own (`MemoryRecords`, which this takes the place of) raises for one that it cannot read,
and skips an offset where it sees no whole one. A batch opens to whatever its writer chose there.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from hashlib import sha256
from struct import Struct
from typing import Any, Final, NamedTuple

from aiokafka import errors as kafka
from aiokafka.record.control_record import ABORT_MARKER, ControlRecord
from aiokafka.record.default_records import DefaultRecordBatch

from agents.engine.codecs import Damaged, TooLarge, opened
from schemas.reasons import Quarantine

RECORDS_MAX: Final = 65_536
"""Of one batch. A record of nothing takes 7 bytes and some 260 in memory; a report takes 130 bytes
at least, so a batch of them is full before it has so many."""

HEADERS_MAX: Final = 65_536
"""Of all records of a compressed batch. A header of nothing takes 2 bytes and 72 in memory; a file
that is handed in writes two a record."""

_FRAME: Final = Struct(">qi")  # base offset, length of what follows
_SHORT, _INT = Struct(">h"), Struct(">i")
_HEADER_BYTES: Final = 61  # up to the first record, in format 2
_MAGIC_AT, _MAGIC = 16, 2
_ATTRIBUTES_AT, _COUNT_AT = 21, 57
_CODEC: Final = 0b111  # of the attributes
_VARINT_BITS: Final = 70
_SURE_BYTES: Final = 1024 * 1024
"""What cannot hold more headers than memory has room for is not looked through."""


class Spoilt(NamedTuple):
    """A batch that cannot be read.

    Attributes:
        first, last: offsets of its records, as far as can be told.
        fault: why: it opens to more than it may or holds too many records or headers, or its
            checksum, codec, format or framing is wrong.
        time_ms: its append time in wall time, if its head can be believed, else None.
        digest: hex SHA-256 of its bytes.
    """

    first: int
    last: int
    fault: Quarantine
    time_ms: int | None
    digest: str


class Whole(NamedTuple):
    """A batch whose head was checked.

    Attributes:
        batch: aiokafka's, with its head; its records are not to be taken from it.
        raw: its bytes.
        start: the first offset of it that is wanted: it may be fetched from its middle.
    """

    batch: Any
    raw: memoryview
    start: int


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
        self, start: int, end: int, aborted: Sequence[Any]
    ) -> Iterator[tuple[int, Whole | Spoilt | None]]:
        """Give each batch with the position behind it; None for one that is not to be seen.

        Args:
            start: the position it was fetched at.
            end: the partition's; a checksum does not cover where a batch says that it stands.
            aborted: transactions taken back, as pairs of producer and first offset; those of the
                first call hold.
        """
        if self._begun is None:
            self._begun = deque(sorted(aborted, key=lambda one: one[1]))
        position = start
        while self.has_next():
            if position >= end:  # said to stand behind all others: that is not so
                self._drop()
                return
            found = self._next(position, end)
            if isinstance(found, Spoilt):
                position = found.last + 1
                yield position, found
            else:
                position = max(position, found.batch.next_offset)
                yield position, found if self._is_seen(found) else None

    def _next(self, position: int, end: int) -> Whole | Spoilt:
        raw = self._cut()
        if raw is None:  # no frame can be told, so nothing behind it either
            rest = self._raw[self._at :]
            self._drop()
            digest = sha256(rest).hexdigest()
            return Spoilt(position, position, Quarantine.UNREADABLE, None, digest)
        batch = DefaultRecordBatch(raw) if _is_known(raw) else None
        base = self._base()
        stop = end if base is None or not position < base < end else base
        if batch is not None and position < batch.next_offset <= stop and batch.validate_crc():
            return Whole(batch, raw, position)
        digest = sha256(raw).hexdigest()
        last, at_ms = _believed(batch, raw, position)
        if base is not None and at_ms is None:
            last = stop - 1
        last = max(position, min(last, stop - 1))
        return Spoilt(position, last, Quarantine.UNREADABLE, at_ms, digest)

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

    def _is_seen(self, whole: Whole) -> bool:
        batch, begun = whole.batch, self._begun
        while begun and begun[0][1] <= batch.base_offset:
            self._lost.add(begun.popleft()[0])
        if not batch.is_control_batch:
            return not (batch.is_transactional and batch.producer_id in self._lost)
        if _is_abort(whole):
            self._lost.discard(batch.producer_id)
        return False


def records_of(whole: Whole) -> list[Any] | Spoilt:
    """Return the records of a batch that are wanted as aiokafka has them, or that none can be read.

    Args:
        whole: the batch.
    """
    try:
        found = _opened(whole)
    except TooLarge:
        fault = Quarantine.TOO_LARGE
    # the last two: a header's name that is no text, and what no format of records foresees
    except (Damaged, kafka.KafkaError, UnicodeDecodeError, ValueError):
        fault = Quarantine.UNREADABLE
    else:
        below = whole.batch.base_offset < whole.start
        return [record for record in found if record.offset >= whole.start] if below else found
    batch, digest = whole.batch, sha256(whole.raw).hexdigest()
    first, last = max(batch.base_offset, whole.start), batch.next_offset - 1
    return Spoilt(first, last, fault, batch.max_timestamp, digest)


def _opened(whole: Whole) -> list[Any]:
    """Return the records.

    Raises:
        TooLarge, Damaged: see `agents.engine.codecs`.
        aiokafka.errors.KafkaError, ValueError: they are none.
    """
    batch, raw = whole.batch, whole.raw
    (count,) = _INT.unpack_from(raw, _COUNT_AT)
    if count > RECORDS_MAX:
        raise TooLarge
    attributes = batch.attributes
    if not attributes & _CODEC:
        return list(batch)
    head = bytearray(raw[:_HEADER_BYTES])
    _SHORT.pack_into(head, _ATTRIBUTES_AT, attributes & ~_CODEC)
    plain = opened(attributes & _CODEC, raw[_HEADER_BYTES:], bytes(head))
    if len(plain) > _SURE_BYTES and _headers(plain, count) > HEADERS_MAX:
        raise TooLarge
    return list(DefaultRecordBatch(plain))


def _headers(plain: bytes, count: int) -> int:
    """Return how many headers the records of a batch say that they have.

    Raises:
        Damaged: they end early.
    """
    found, end = 0, _HEADER_BYTES
    for _ in range(count):
        length, at = _varint(plain, end)
        end = at + length
        _, at = _varint(plain, at + 1)  # behind the attributes
        _, at = _varint(plain, at)
        for _ in ("key", "value"):
            size, at = _varint(plain, at)
            at += max(size, 0)
        found += _varint(plain, at)[0]
    return found


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return a zigzag number and where it ends.

    Raises:
        Damaged: it is none.
    """
    value = shift = 0
    while at < len(raw) and shift < _VARINT_BITS:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise Damaged


def _believed(batch: Any, raw: memoryview, position: int) -> tuple[int, int | None]:
    """Return last offset and append time of a batch that is wrong, if its head can be believed.

    It is if it agrees with itself. Else it is taken for one record, if no batch behind it says
    better, and the broker sends what stands there.
    """
    if batch is not None:
        (count,) = _INT.unpack_from(raw, _COUNT_AT)
        if count == batch.last_offset_delta + 1 and 0 < count <= RECORDS_MAX:
            return batch.next_offset - 1, batch.max_timestamp
    return position, None


def _is_known(raw: memoryview) -> bool:
    """Return whether it is of the format that brokers write; Kafka 4 has no older ones."""
    return len(raw) >= _HEADER_BYTES and raw[_MAGIC_AT] == _MAGIC


def _is_abort(whole: Whole) -> bool:
    markers = records_of(whole)
    if isinstance(markers, Spoilt) or not markers:  # compaction leaves batches without their marker
        return False
    try:
        return bool(ControlRecord.parse(markers[0].key) == ABORT_MARKER)
    except (AttributeError, ValueError, TypeError):
        return False
