"""Flips bits of batches on the disk of a broker that runs."""

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
    """Flip bits of a batch in a partition's first file; return its number from the front."""
    segment = log / f"{0:020}.log"
    content, begins = bytearray(segment.read_bytes()), [0]
    while begins[-1] < len(content):
        size = content[begins[-1] + LENGTH_AT : begins[-1] + HEAD_BYTES]
        begins.append(begins[-1] + HEAD_BYTES + int.from_bytes(size))
    at, bits = FLIPS[flip]
    begin = begins[:-1][number]
    content[begin + at] ^= bits
    with segment.open("r+b") as file:
        file.write(content)
    return begins.index(begin)
