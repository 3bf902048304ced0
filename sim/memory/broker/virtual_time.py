"""Virtual time: what happens next happens at once, however far away it is."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.moments import Instant

Act: TypeAlias = Callable[[], None]


@dataclass(slots=True)
class Agenda:
    """What is to happen, in order of time; of one instant, in the order it was planned in.

    Attributes:
        now: the present instant.
    """

    now: Instant
    _acts: list[tuple[Instant, int, Act]] = field(default_factory=list)
    _number: int = 0

    def plan(self, at: Instant, act: Act) -> None:
        """Let something happen at an instant, at the earliest now."""
        self._number += 1
        heapq.heappush(self._acts, (max(at, self.now), self._number, act))

    def run(self, until: Instant) -> None:
        """Let everything happen that is planned for before an instant, and go there."""
        acts = self._acts
        while acts and acts[0][0] < until:
            self.now, _, act = heapq.heappop(acts)
            act()
        self.now = until
