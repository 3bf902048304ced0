"""A distribution of waits in bounded memory."""

import math
from typing import Final

_STEPS: Final = 50
"""Buckets in a factor of e: a value is read back within 1 %."""

_SMALLEST_MS: Final = 0.01


class Spread:
    """Counts of waits in buckets that grow by 2 %."""

    def __init__(self) -> None:
        """Start empty."""
        self._counts: dict[int, int] = {}
        self._total = 0

    def __len__(self) -> int:
        """Return how many waits were added."""
        return self._total

    def add(self, ms: float, count: int = 1) -> None:
        """Count a wait.

        Args:
            ms: in milliseconds; what is below 0.01 counts as that.
            count: how many had it.
        """
        bucket = round(math.log(max(ms, _SMALLEST_MS)) * _STEPS)
        self._counts[bucket] = self._counts.get(bucket, 0) + count
        self._total += count

    def at(self, share: float) -> float | None:
        """Return the wait in ms that this share did not exceed, None of none (nearest rank)."""
        rank = math.ceil(share * self._total)
        for bucket in sorted(self._counts):
            rank -= self._counts[bucket]
            if rank <= 0:
                return round(math.exp(bucket / _STEPS), 2)
        return None
