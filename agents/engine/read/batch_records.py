"""The records of one batch, opened within bounds, or that they cannot be read."""

from hashlib import sha256
from struct import Struct
from typing import Any, Final, NamedTuple

from aiokafka import errors as kafka
from aiokafka.record.default_records import DefaultRecordBatch

from agents.engine.read.codecs import Damaged, TooLarge, decompressed
from schemas.closed_lists import Quarantine

RECORDS_MAX: Final = 65_536
"""Of one batch. A record of nothing takes 7 bytes and some 260 in memory; a report takes 130 bytes
at least, so a batch of them is full before it has so many."""

HEADERS_MAX: Final = 65_536
"""Of all records of a compressed batch. A header of nothing takes 2 bytes and 72 in memory; a file
that is handed in writes two a record."""

HEADER_BYTES: Final = 61  # up to the first record, in format 2
ATTRIBUTES_AT, COUNT_AT = 21, 57
SHORT, INT = Struct(">h"), Struct(">i")

_CODEC: Final = 0b111  # of the attributes
_VARINT_BITS: Final = 70
_SURE_BYTES: Final = 1024 * 1024
"""What cannot hold more headers than memory has room for is not read through."""


class FaultyBatch(NamedTuple):
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


class CheckedBatch(NamedTuple):
    """A batch whose head was checked.

    Attributes:
        batch: aiokafka's, with its head; its records are not to be taken from it.
        raw: its bytes.
        start: the first offset of it that is wanted: it may be fetched from its middle.
    """

    batch: Any
    raw: memoryview
    start: int


def records_of(checked: CheckedBatch) -> list[Any] | FaultyBatch:
    """Return the records of a batch that are wanted as aiokafka has them, or that none can be read.

    Args:
        checked: the batch.
    """
    try:
        found = _decompressed(checked)
    except TooLarge:
        fault = Quarantine.TOO_LARGE
    # the last two: a header's name that is no text, and what no format of records foresees
    except (Damaged, kafka.KafkaError, UnicodeDecodeError, ValueError):
        fault = Quarantine.UNREADABLE
    else:
        below = checked.batch.base_offset < checked.start
        return [record for record in found if record.offset >= checked.start] if below else found
    batch, digest = checked.batch, sha256(checked.raw).hexdigest()
    first, last = max(batch.base_offset, checked.start), batch.next_offset - 1
    return FaultyBatch(first, last, fault, batch.max_timestamp, digest)


def _decompressed(checked: CheckedBatch) -> list[Any]:
    """Return the records.

    Raises:
        TooLarge, Damaged: see `agents.engine.read.codecs`.
        aiokafka.errors.KafkaError, ValueError: they are none.
    """
    batch, raw = checked.batch, checked.raw
    (count,) = INT.unpack_from(raw, COUNT_AT)
    if count > RECORDS_MAX:
        raise TooLarge
    attributes = batch.attributes
    if not attributes & _CODEC:
        return list(batch)
    head = bytearray(raw[:HEADER_BYTES])
    SHORT.pack_into(head, ATTRIBUTES_AT, attributes & ~_CODEC)
    plain = decompressed(attributes & _CODEC, raw[HEADER_BYTES:], bytes(head))
    if len(plain) > _SURE_BYTES and _headers(plain, count) > HEADERS_MAX:
        raise TooLarge
    return list(DefaultRecordBatch(plain))


def _headers(plain: bytes, count: int) -> int:
    """Return how many headers the records of a batch say that they have.

    Raises:
        Damaged: they end early.
    """
    found, end = 0, HEADER_BYTES
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
