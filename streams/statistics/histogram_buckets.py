"""Durations counted in the buckets of a histogram, taken in and let go one by one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.moments import SECOND_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Durations as they are published.

    Attributes:
        counts: durations per bucket, the last one above all bounds.
        sum_ms: all of them added up.
    """

    counts: tuple[int, ...]
    sum_ms: int


def joined(parts: Sequence[Durations], bounds: Sequence[int]) -> Durations:
    """Add up durations that are counted between the same bounds; no part gives zeros."""
    return Durations(
        counts=tuple(sum(part.counts[i] for part in parts) for i in range(len(bounds) + 1)),
        sum_ms=sum(part.sum_ms for part in parts),
    )


class Buckets:
    """How many durations lie between bounds; one on a bound belongs to the bucket it closes.

    Args:
        bounds_s: upper bounds, ascending.

    Attributes:
        counts: durations per bucket, the last one above all bounds.
        sum_ms: all of them added up.
        n: how many they are.
    """

    __slots__ = ("_bounds_s", "counts", "n", "sum_ms")

    def __init__(self, bounds_s: Sequence[int]) -> None:
        """Begin with none."""
        self._bounds_s = bounds_s
        self.counts = [0] * (len(bounds_s) + 1)
        self.n = self.sum_ms = 0

    def change(self, took_ms: int, sign: int) -> None:
        """Count a duration once more (sign 1), or once less (-1)."""
        self.counts[bisect_left(self._bounds_s, -(-took_ms // SECOND_MS))] += sign
        self.n += sign
        self.sum_ms += sign * took_ms
