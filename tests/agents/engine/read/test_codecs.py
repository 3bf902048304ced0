"""Compressed bytes open to what was packed, to an error, and never to more memory than is set."""

import os
import struct
import sys

import pytest
from batches import CODECS, PACKERS, flipped
from fresh_process import run
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples

from agents.engine.read.codecs import (
    BLOCKS_MAX,
    PLAIN_BYTES_MAX,
    Damaged,
    TooLarge,
    decompressed,
)

HEAD = b"head"
MIB = 1024 * 1024
GIBIBYTE = 1024 * MIB


def unpacked(packer: str, packed: bytes) -> bytes:
    return decompressed(PACKERS[packer][0], memoryview(packed), HEAD)


def packed(packer: str, raw: bytes) -> bytes:
    return bytes(PACKERS[packer][1](raw))


@pytest.mark.parametrize("packer", CODECS)
@pytest.mark.parametrize("raw", [b"", b"x", bytes(100_000), os.urandom(70_000)])
def test_what_was_packed_comes_out(packer: str, raw: bytes) -> None:
    """Of every codec that Kafka's clients write, in both framings of snappy."""
    assert unpacked(packer, packed(packer, raw)) == HEAD + raw


@pytest.mark.parametrize("packer", CODECS)
def test_the_bound_is_exact(packer: str) -> None:
    """What opens to the bound is opened, one byte more is too large."""
    assert len(unpacked(packer, packed(packer, bytes(PLAIN_BYTES_MAX)))) == (
        len(HEAD) + PLAIN_BYTES_MAX
    )
    with pytest.raises(TooLarge):
        unpacked(packer, packed(packer, bytes(PLAIN_BYTES_MAX + 1)))


@pytest.mark.parametrize("packer", CODECS)
@pytest.mark.parametrize("cut", [0, 1, -1, -9])
def test_what_is_cut_off_is_damaged(packer: str, cut: int) -> None:
    """Half of what was packed is not handed on; a lone zero byte is nothing in bare snappy."""
    part = packed(packer, os.urandom(50_000))[:cut]
    with pytest.raises(Damaged):
        unpacked(packer, part)


@given(st.sampled_from(CODECS), st.integers(0), st.binary(max_size=64))
@settings(max_examples=examples(400))
def test_nothing_else_comes_of_any_bytes(packer: str, bit: int, tail: bytes) -> None:
    """A flipped bit, a tail or plain nonsense gives bytes or one of two errors."""
    sound = packed(packer, b"some words, some words, some words" * 40)
    for raw in (flipped(sound, bit), sound + tail, tail):
        try:
            assert len(unpacked(packer, raw)) <= len(HEAD) + PLAIN_BYTES_MAX
        except (TooLarge, Damaged):
            continue


@pytest.mark.parametrize("codec", [0, 5, 6, 7])
def test_an_unknown_codec_is_damaged(codec: int) -> None:
    """Three bits name a codec, and four of the eight are known."""
    with pytest.raises(Damaged):
        decompressed(codec, memoryview(b"x"), HEAD)


def test_streams_of_snappy_may_be_put_together() -> None:
    """Java's writer begins a new stream when it is flushed and closed in between."""
    assert unpacked("snappy", packed("snappy", b"one") + packed("snappy", b"two")) == (
        HEAD + b"onetwo"
    )


def test_many_blocks_of_nothing_are_damaged() -> None:
    """They would cost time and give nothing."""
    frame = packed("snappy", b"")[:16]
    block = struct.pack(">i", 1) + b"\x00"
    assert unpacked("snappy", frame + block * BLOCKS_MAX) == HEAD
    with pytest.raises(Damaged):
        unpacked("snappy", frame + block * (BLOCKS_MAX + 1))


_CHILD = """
import resource, sys
from agents.engine.read.codecs import decompressed, TooLarge
bombs = [open(path, "rb").read() for path in sys.argv[2:]]
decompressed(4, memoryview(open(sys.argv[1], "rb").read()), b"")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for codec, bomb in zip((1, 2, 2, 3, 4), bombs):
    try:
        decompressed(codec, memoryview(bomb), b"")
    except TooLarge:
        continue
    sys.exit("it was decompressed")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_takes_no_memory(tmp_path) -> None:
    """Bombs of 256 MiB, one of each codec, cost a process less than what one batch may open to."""
    small = tmp_path / "small"
    small.write_bytes(packed("zstd", b"x"))
    files = []
    for packer in CODECS:
        file = tmp_path / packer.replace(" ", "-")
        file.write_bytes(packed(packer, bytes(GIBIBYTE // 4)))
        files.append(str(file))
    done = run([sys.executable, "-c", _CHILD, str(small), *files], timeout_s=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < PLAIN_BYTES_MAX + 16 * MIB
