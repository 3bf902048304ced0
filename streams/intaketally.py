"""What became of the records of the hotlines, each counted once.

`outcomes.v1` holds an outcome again when intake died between writing and committing. Readers
keep one per origin: the place where the record stood.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from schemas.flow import OutcomeRecord
from schemas.reasons import Quarantine, Result


@dataclass(slots=True)
class OffsetSet:
    """Offsets seen of one partition, as runs: a log read whole is one run, however long.

    Attributes:
        starts, stops: the runs [start, stop), ascending and apart.
    """

    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    def add(self, offset: int) -> bool:
        """Take in an offset; return False if it was there."""
        i = bisect_right(self.starts, offset)
        if i and offset < self.stops[i - 1]:
            return False
        after_run = i > 0 and self.stops[i - 1] == offset
        before_run = i < len(self.starts) and self.starts[i] == offset + 1
        if after_run and before_run:
            self.stops[i - 1] = self.stops[i]
            del self.starts[i], self.stops[i]
        elif after_run:
            self.stops[i - 1] = offset + 1
        elif before_run:
            self.starts[i] = offset
        else:
            self.starts.insert(i, offset)
            self.stops.insert(i, offset + 1)
        return True


@dataclass(frozen=True, slots=True)
class IntakeCount:
    """How many records of a hotline met one fate; `reason` is None unless quarantined."""

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
        """Count an outcome unless one of the same origin was counted."""
        origin = outcome.origin
        place = (origin.topic, origin.partition)
        if self._seen.setdefault(place, OffsetSet()).add(origin.offset):
            kind = (outcome.hotline, outcome.type, outcome.result, outcome.reason)
            self._counts[kind] += 1

    def counts(self) -> tuple[IntakeCount, ...]:
        """Return all counts, sorted."""
        return tuple(
            IntakeCount(*kind, count)
            for kind, count in sorted(
                self._counts.items(), key=lambda item: tuple(str(part) for part in item[0])
            )
        )
