"""Reads a fuzzer's bytes as choices, numbers and texts, and keeps inputs as readable lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

CORPUS = Path(__file__).parent / "corpus"

_T = TypeVar("_T")


class Reader:
    """Takes from the front of the bytes; what is missing counts as zeros."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes."""
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return max(0, len(self._data) - self._at)

    def take(self, count: int) -> bytes:
        """Return the next bytes, filled up with zeros."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken.ljust(count, b"\x00")

    def number(self, width: int = 1) -> int:
        """Return a number of so many bytes."""
        return int.from_bytes(self.take(width), "big")

    def pick(self, options: Sequence[_T]) -> _T:
        """Return one of up to 256 options; the digit `0` picks the first."""
        return options[(self.number() - ord("0")) % len(options)]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self.left)


def as_line(data: bytes) -> str:
    """Return an input as it stands in a corpus file: ASCII, the rest as escapes."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")


def inputs(target: str) -> list[bytes]:
    """Return the inputs of a target's corpus file; lines that begin with `# ` are remarks."""
    lines = (CORPUS / f"{target}.txt").read_text(encoding="ascii").splitlines()
    kept = (line for line in lines if line and not line.startswith("# "))
    return [line.encode("ascii").decode("unicode_escape").encode("latin-1") for line in kept]
