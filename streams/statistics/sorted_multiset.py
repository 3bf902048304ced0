"""Sorted multiset of integers: counting those up to a bound stays cheap while it changes.

Instants and durations of a hoster's cases are counted between bounds that move with time. A
multiset keeps them sorted in blocks. So one number more or less costs the same in one of a hundred
and of a million, and each takes 8 bytes.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable
from typing import Final

BLOCK: Final = 512
"""Numbers in a new block: 4 KiB are moved in no time, and a million numbers are 2,000 blocks."""

FEW: Final = 8
"""All are sorted anew where more than one in so many changed; that is a pass without a search."""


class SortedMultiset:
    """Sorted multiset of 64-bit integers.

    What changes is noted, and put in its place when something is asked.
    """

    __slots__ = ("_blocks", "_lasts", "_less", "_more", "_size")

    def __init__(self) -> None:
        """Hold nothing."""
        self._blocks: list[array[int]] = []
        self._lasts: list[int] = []
        self._more: list[int] = []
        self._less: list[int] = []
        self._size = 0

    def change(self, number: int, sign: int) -> None:
        """Hold a number once more (sign 1), or once less (-1); then it must be held."""
        (self._more if sign > 0 else self._less).append(number)

    @property
    def changed(self) -> bool:
        """Return whether other numbers are held than when something was asked last."""
        if self._more and self._less:
            self._cancel()
        return bool(self._more or self._less)

    def __len__(self) -> int:
        """Return how many numbers are held."""
        return self._size + len(self._more) - len(self._less)

    def least(self) -> int | None:
        """Return the lowest number, None without one."""
        self._settle()
        return self._blocks[0][0] if self._blocks else None

    def up_to(self, number: int) -> int:
        """Return how many numbers are at most this one."""
        self._settle()
        at = bisect_right(self._lasts, number)
        below = sum(map(len, self._blocks[:at]))
        return below + bisect_right(self._blocks[at], number) if at < len(self._blocks) else below

    def numbers(self) -> "array[int]":
        """Return all numbers, ascending."""
        self._settle()
        found: array[int] = array("q")
        for block in self._blocks:
            found += block
        return found

    def _cancel(self) -> None:
        """Pass over numbers that went and came again."""
        more, less = Counter(self._more), Counter(self._less)
        self._more = list((more - less).elements())
        self._less = list((less - more).elements())

    def _settle(self) -> None:
        if not self.changed:
            return
        more, less = self._more, self._less
        self._more, self._less = [], []
        if not self._blocks or (len(more) + len(less)) * FEW > self._size:
            self._sort(more, less)
        else:
            for number in more:
                self._put(number)
            for number in less:
                self._take(number)
        self._size += len(more) - len(less)

    def _sort(self, more: Iterable[int], less: list[int]) -> None:
        held: list[int] = []
        for block in self._blocks:
            held += block
        held += more
        held.sort()
        if less:
            gone = Counter(less)
            kept = []
            for number in held:
                if gone.get(number, 0):
                    gone[number] -= 1
                else:
                    kept.append(number)
            held = kept
        packed = array("q", held)
        self._blocks = [packed[i : i + BLOCK] for i in range(0, len(packed), BLOCK)]
        self._lasts = [block[-1] for block in self._blocks]

    def _put(self, number: int) -> None:
        at = min(bisect_left(self._lasts, number), len(self._blocks) - 1)
        block = self._blocks[at]
        insort(block, number)
        if len(block) > 2 * BLOCK:
            self._blocks[at : at + 1] = block[:BLOCK], block[BLOCK:]
            self._lasts.insert(at, block[BLOCK - 1])
            at += 1
        self._lasts[at] = self._blocks[at][-1]

    def _take(self, number: int) -> None:
        at = bisect_left(self._lasts, number)
        block = self._blocks[at]
        del block[bisect_left(block, number)]
        if block:
            self._lasts[at] = block[-1]
        else:
            del self._blocks[at], self._lasts[at]
