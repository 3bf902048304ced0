"""What became of the records of the hotlines, each counted once.

`outcomes.v1` holds an outcome again when intake died between writing and committing. Readers
keep one per origin: the place where the record stood. A batch that cannot be read is one origin of
all its records, and counts as that many.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import OutcomeRecord


@dataclass(slots=True)
class OffsetSet:
    """Offsets seen of one partition, as runs: a log read whole is one run, however long.

    Attributes:
        starts, stops: the runs [start, stop), ascending and apart.
    """

    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    def add(self, first: int, last: int | None = None) -> int:
        """Take in offsets; return how many of them were not there.

        Args:
            first: the first of them.
            last: the last; None = there is one.
        """
        starts, stops = self.starts, self.stops
        stop = (first if last is None else last) + 1
        i, j = bisect_left(stops, first), bisect_right(starts, stop)  # runs that it touches
        touched = list(zip(starts[i:j], stops[i:j], strict=True))
        starts[i:j] = [min([first, *starts[i:j]])]
        stops[i:j] = [max([stop, *stops[i:j]])]
        return stop - first - sum(min(b, stop) - max(a, first) for a, b in touched)


@dataclass(frozen=True, slots=True)
class IntakeCount:
    """How many records of a hotline had one outcome; `reason` is None unless quarantined."""

    hotline: str
    type: str
    result: Result
    reason: Quarantine | None
    count: int


@dataclass(slots=True)
class IntakeTally:
    """Counts outcomes per hotline, record type, result and reason."""

    _seen: dict[tuple[str, int], OffsetSet] = field(default_factory=dict)
    _counts: Counter[tuple[str, str, Result, Quarantine | None]] = field(default_factory=Counter)

    def add(self, outcome: OutcomeRecord) -> None:
        """Count an outcome for those records of its origin that were not counted."""
        origin = outcome.origin
        partition = (origin.topic, origin.partition)
        new = self._seen.setdefault(partition, OffsetSet()).add(origin.offset, origin.last)
        if new:
            kind = (outcome.hotline, outcome.type, outcome.result, outcome.reason)
            self._counts[kind] += new

    def counts(self) -> tuple[IntakeCount, ...]:
        """Return all counts, sorted."""
        return tuple(
            IntakeCount(*kind, count)
            for kind, count in sorted(
                self._counts.items(), key=lambda item: tuple(str(part) for part in item[0])
            )
        )
