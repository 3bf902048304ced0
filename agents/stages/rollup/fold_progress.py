"""Up to where the table of cases is the fold of the ledger, by partition, and since when."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import Instant
from schemas.records.case import Position

STALE_S: Final = 15.0
"""Positions come every 5 s at least; a broker's session timeout is 15 s, so a partition that merely
changes its owner is not yet stale."""


@dataclass(slots=True)
class FoldProgress:
    """The newest position of each partition, and when (monotonic seconds) it last moved on."""

    _held: dict[int, tuple[Position, float]] = field(default_factory=dict)

    def take(self, position: Position, now_s: float) -> None:
        """Keep a partition's newest position: they come in the order they were written in.

        One that was written by a wrong clock may be of a later instant than those after it.
        """
        held = self._held.get(position.partition)
        stands = held is not None and position.as_of == held[0].as_of
        self._held[position.partition] = position, held[1] if held and stands else now_s

    @property
    def newest(self) -> Position | None:
        """Return the one of the latest instant, None where none was seen."""
        return max((p for p, _ in self._held.values()), key=lambda p: p.as_of, default=None)

    @property
    def method(self) -> str:
        """Return the method by which every partition was judged: of several the oldest."""
        known = {p.method for p, _ in self._held.values()}
        return min(known, key=lambda method: (len(method), method), default="")

    @property
    def oldest_at(self) -> Instant | None:
        """Return the earliest instant among them, None where none was seen."""
        return min((p.as_of for p, _ in self._held.values()), default=None)

    def offsets(self) -> dict[str, int]:
        """Return the next offsets by ledger topic, added up over partitions."""
        found: Counter[str] = Counter()
        for position, _ in self._held.values():
            found.update(position.offsets)
        return dict(sorted(found.items()))

    def stale(self, now_s: float) -> bool:
        """Say whether a position stands still, or none was ever seen."""
        return not self._held or any(
            now_s - since_s > STALE_S for _, since_s in self._held.values()
        )
