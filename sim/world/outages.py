"""When the monitor itself was not there: a probe planned for such a time may be missed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.moments import Instant


@dataclass(slots=True)
class Outages:
    """Spans of world time, in order; the last may still go on.

    Attributes:
        count: how many there were.
    """

    _spans: list[tuple[Instant, Instant | None]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self._spans)

    @property
    def last_is_open(self) -> bool:
        """Whether the monitor is gone."""
        return bool(self._spans) and self._spans[-1][1] is None

    @property
    def total_ms(self) -> int:
        """World milliseconds of those that ended."""
        return sum(end - begin for begin, end in self._spans if end is not None)

    def begin(self, at: Instant) -> None:
        """Say that the monitor is gone."""
        self._spans.append((at, None))

    def end(self, at: Instant) -> None:
        """Say that it is back."""
        begun_at, _ = self._spans[-1]
        self._spans[-1] = begun_at, at

    def spare(self, from_at: Instant, until_at: Instant) -> bool:
        """Return whether the monitor was there from one instant to another."""
        return not any(self._overlapping(from_at, until_at))

    def _overlapping(self, from_at: Instant, until_at: Instant) -> Iterator[bool]:
        for begun_at, ended_at in self._spans:
            yield begun_at <= until_at and (ended_at is None or from_at <= ended_at)
