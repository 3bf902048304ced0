"""Keys by the instant at which they are due, a pointer each until that is near."""

import heapq
from collections.abc import Iterator
from typing import Final

from schemas.moments import HOUR_MS, Instant

SPAN_MS: Final = 6 * HOUR_MS
"""Keys due in the current 6 h are in a heap, some 100 bytes each; later ones are in unsorted
buckets of 6 h. Of cases in their first days, which are due most often, half are due in 6 h."""


class DueQueue:
    """Keys and when they are due; what is noted of a key that was noted before stands beside it.

    Args:
        as_of: nothing is noted that is due until this instant.
    """

    __slots__ = ("_begun", "_later", "_notes", "_order", "_soon")

    def __init__(self, as_of: Instant) -> None:
        """Hold nothing."""
        self._begun = as_of // SPAN_MS
        self._soon: list[tuple[Instant, bytes]] = []
        self._later: dict[int, list[bytes]] = {}
        self._order: list[int] = []
        self._notes = 0

    def __len__(self) -> int:
        """Return how many notes are held."""
        return self._notes

    def note(self, key: bytes, at: Instant) -> None:
        """Note when a key is due."""
        self._notes += 1
        number = at // SPAN_MS
        if number <= self._begun:
            heapq.heappush(self._soon, (at, key))
            return
        keys = self._later.get(number)
        if keys is None:
            keys = self._later[number] = []
            heapq.heappush(self._order, number)
        keys.append(key)

    def take(self, as_of: Instant) -> set[bytes]:
        """Take out keys: all that are due by an instant, and those of spans that have begun by it.

        Whoever takes them notes them again where they are due later.
        """
        found = set(self._reached(as_of))
        self._begun = max(self._begun, as_of // SPAN_MS)
        while self._order and self._order[0] <= self._begun:
            keys = self._later.pop(heapq.heappop(self._order))
            self._notes -= len(keys)
            found.update(keys)
        return found

    def _reached(self, as_of: Instant) -> Iterator[bytes]:
        while self._soon and self._soon[0][0] <= as_of:
            self._notes -= 1
            yield heapq.heappop(self._soon)[1]
