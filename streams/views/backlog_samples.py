"""The backlog of the last day, as it was known at the time: what the small charts draw."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Role
from schemas.moments import MINUTE_MS, Instant
from streams.rollup.figures import HosterFigures
from streams.views.view import BacklogSamples

STEP_MS: Final = 5 * MINUTE_MS
SAMPLES_MAX: Final = 288
"""A day in steps of five minutes."""


@dataclass(slots=True)
class BacklogRings:
    """A ring of samples per hoster shown."""

    _rings: dict[tuple[str, Role], deque[tuple[Instant, int]]] = field(default_factory=dict)

    def remember(self, shown: Sequence[HosterFigures]) -> None:
        """Keep a sample of each hoster a step after its last; forget hosters not shown."""
        for part in shown:
            ring = self._rings.setdefault((part.hoster, part.role), deque(maxlen=SAMPLES_MAX))
            if not ring or part.as_of - ring[-1][0] >= STEP_MS:
                ring.append((part.as_of, part.backlog))
        for group in self._rings.keys() - {(part.hoster, part.role) for part in shown}:
            del self._rings[group]

    def samples(self, shown: Sequence[HosterFigures]) -> tuple[BacklogSamples, ...]:
        """Return the samples of the hosters shown, the present figure last."""
        found = []
        for part in shown:
            ring = self._rings.get((part.hoster, part.role), ())
            samples = [(at, count) for at, count in ring if at < part.as_of]
            samples.append((part.as_of, part.backlog))
            found.append(
                BacklogSamples(
                    hoster=part.hoster,
                    role=part.role,
                    at=tuple(at for at, _ in samples),
                    backlog=tuple(count for _, count in samples),
                )
            )
        return tuple(found)
