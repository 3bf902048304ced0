"""Opens compressed batches, their size bounded before any memory is taken.

What a batch opens to is chosen by whoever wrote it: 600 KB of gzip are gigabytes. Here it goes into
a buffer of fixed size, so that one that is larger ends in an error and not in memory.
"""

import struct
from collections.abc import Callable
from typing import Final

import cramjam

PLAIN_BYTES_MAX: Final = 8 * 1024 * 1024
"""Of one batch. The broker takes 1 MiB (`message.max.bytes`), and reports shrink to a fifth or a
tenth. A batch in memory takes three to four times its bytes, so a larger one would cost the process
more than the 64 MiB that a hotline may."""

BLOCKS_MAX: Final = 4_096
"""Of a batch in snappy's frames: writers put 32 KiB into each. More of them cost time only."""

GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4

_XERIAL: Final = b"\x82SNAPPY\x00"
_XERIAL_BYTES: Final = 16  # that, a version and the oldest version that can read it
_BLOCK: Final = struct.Struct(">i")
_FULL: Final = "failed to write whole buffer"  # what Rust says of a writer that takes no more

_scratch = bytearray()


class TooLarge(Exception):
    """A batch opens to more than it may; it was not opened."""


class Damaged(Exception):
    """A batch is not what its codec writes, or its codec is unknown."""


def decompressed(codec: int, packed: memoryview, head: bytes) -> bytes:
    """Return a head with what was packed behind it.

    Args:
        codec: of the batch's attributes, above 0.
        packed: what it wrote.
        head: goes in front.

    Raises:
        TooLarge: it decompresses to more than PLAIN_BYTES_MAX.
        Damaged: it cannot be opened.
    """
    way = _WAYS.get(codec)
    if way is None:
        raise Damaged
    if not _scratch:
        _scratch.extend(bytes(PLAIN_BYTES_MAX))
    try:
        length = way(packed, memoryview(_scratch))
    except cramjam.DecompressionError as error:
        raise (TooLarge if _FULL in str(error) else Damaged) from None
    return b"".join((head, memoryview(_scratch)[:length]))


def _snappy(packed: memoryview, out: memoryview) -> int:
    """Open snappy as Java frames it, or bare, as librdkafka writes it."""
    if bytes(packed[: len(_XERIAL)]) != _XERIAL:
        return _block(packed, out)
    at, length, blocks = 0, 0, 0
    while at < len(packed):
        if bytes(packed[at : at + len(_XERIAL)]) == _XERIAL:  # streams may be put together
            at += _XERIAL_BYTES
            continue
        if len(packed) - at < _BLOCK.size or blocks == BLOCKS_MAX:
            raise Damaged
        (size,) = _BLOCK.unpack_from(packed, at)
        at += _BLOCK.size
        if not 0 < size <= len(packed) - at:
            raise Damaged
        length += _block(packed[at : at + size], out[length:])
        at += size
        blocks += 1
    return length


def _block(packed: memoryview, out: memoryview) -> int:
    if cramjam.snappy.decompress_raw_len(packed) > len(out):
        raise TooLarge
    return int(cramjam.snappy.decompress_raw_into(packed, out))


_WAYS: Final[dict[int, Callable[[memoryview, memoryview], int]]] = {
    GZIP: cramjam.gzip.decompress_into,
    SNAPPY: _snappy,
    LZ4: cramjam.lz4.decompress_into,
    ZSTD: cramjam.zstd.decompress_into,
}
