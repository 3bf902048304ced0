"""Flips bits of batches on the disk of a broker that runs."""

from collections.abc import Iterator
from pathlib import Path

LENGTH_AT, HEAD_BYTES = 8, 12

FLIPS = {
    "value": (70, 0x01),
    "length that leads behind the end": (LENGTH_AT, 0x01),
    "length that leads over others": (LENGTH_AT + 1, 0x01),
    "length into the next batch": (LENGTH_AT + 3, 0x10),
    "length below zero": (LENGTH_AT, 0x80),
    "format": (16, 0x03),
    "offset": (1, 0x01),
    "offset a little": (7, 0x04),
}


def damage(log: Path, number: int, flip: str) -> int:
    """Flip bits of a batch of a partition; return its number from the front.

    A topic may begin a new file every second, so a slow writer's batches are in several.
    """
    batches = [*_batches(log)]
    segment, content, begin = batches[number]
    at, bits = FLIPS[flip]
    content[begin + at] ^= bits
    with segment.open("r+b") as file:
        file.write(content)
    return number % len(batches)


def _batches(log: Path) -> Iterator[tuple[Path, bytearray, int]]:
    """Yield of each batch its file, what is in that, and where the batch begins there."""
    for segment in sorted(log.glob("*.log")):
        content, begin = bytearray(segment.read_bytes()), 0
        while begin < len(content):
            yield segment, content, begin
            size = content[begin + LENGTH_AT : begin + HEAD_BYTES]
            begin += HEAD_BYTES + int.from_bytes(size)
