"""Durations that a process measures, counted by how long they were."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import inf, isinf

from prometheus_client.core import HistogramMetricFamily


class Spread:
    """How many durations were up to each bound, and their sum."""

    __slots__ = ("_bounds_s", "_counts", "_sum_s")

    def __init__(self, bounds_s: Sequence[float]) -> None:
        """Begin with none."""
        self._bounds_s = (*bounds_s, inf)
        self._counts = [0] * len(self._bounds_s)
        self._sum_s = 0.0

    def add(self, duration_s: float) -> None:
        """Count a duration."""
        self._counts[bisect_left(self._bounds_s, duration_s)] += 1
        self._sum_s += duration_s

    def add_to(self, family: HistogramMetricFamily, labels: Sequence[str]) -> None:
        """Give what was counted as a sample of a metric."""
        family.add_metric(labels, buckets(self._bounds_s[:-1], self._counts), self._sum_s)


def buckets(bounds_s: Sequence[float], counts: Sequence[int]) -> list[tuple[str, float]]:
    """Return how many lie up to each bound; the last count is of what lies beyond all."""
    return [
        ("+Inf" if isinf(bound) else f"{bound}", float(count))
        for bound, count in zip((*bounds_s, inf), accumulate(counts), strict=True)
    ]
