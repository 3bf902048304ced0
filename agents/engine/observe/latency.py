"""How long a role's records take from the broker to done, for /metrics.

Counted by lists: a record costs no more than its share of a list's few steps.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from agents.engine.stage import Received
from schemas.moments import SECOND_MS, Instant

BOUNDS_S: Final = (0.05, 0.25, 1.0, 5.0, 30.0, 300.0, 3_600.0, 86_400.0)
"""From what a stage takes that is not behind to a day that a worker was away."""


class LatencyHistogram:
    """What passed through a role of this process since the start.

    Attributes:
        counts: records by how long after the broker took the oldest of their list it was done: up
            to each of `BOUNDS_S`, and beyond all.
        sum_s: all of these times added up.
        last_at: when the last list was done; None = none was yet.
    """

    __slots__ = ("counts", "last_at", "sum_s")

    def __init__(self) -> None:
        """Begin with none."""
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0
        self.last_at: Instant | None = None

    def done(self, records: Sequence[Received], now: Instant) -> None:
        """Count a list that is done."""
        oldest_at = min([record.appended_at for record in records])
        took_s = (
            max(0, now - oldest_at) / SECOND_MS
        )  # two machines' clocks: it may seem to be ahead
        self.counts[bisect_left(BOUNDS_S, took_s)] += len(records)
        self.sum_s += took_s * len(records)
        self.last_at = now
