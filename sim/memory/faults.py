"""What can go wrong on the way, drawn from one seed: late, twice, not at all, and a dead owner."""

import random
from dataclasses import dataclass, field

from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How often what goes wrong; shares of 1.

    Attributes:
        late: records that come minutes after they were written, so behind later ones.
        twice: records that come again, and orders that are carried out again.
        missed: orders that nobody carries out.
        crash_h: hours between two deaths of a partition's owner, on average; 0 = none.
    """

    late: float = 0.0
    twice: float = 0.0
    missed: float = 0.0
    crash_h: float = 0.0


@dataclass(slots=True)
class Faults:
    """Draws for one partition.

    Attributes:
        weather: how often.
        chance: where the draws come from.
    """

    weather: Weather
    chance: random.Random
    _crash_at: Instant = field(default=0)

    def deliveries(self, at: Instant) -> list[Instant]:
        """Return when a record written at an instant comes; at least once."""
        chance, weather = self.chance, self.weather
        first = at + chance.randint(0, SECOND_MS)
        if chance.random() < weather.late:
            first += chance.randint(0, 5 * MINUTE_MS)
        again = chance.random() < weather.twice
        return [first, first + chance.randint(0, HOUR_MS)] if again else [first]

    def executions(self, at: Instant, not_after: Instant) -> list[Instant]:
        """Return when an order is carried out: mostly once, soon."""
        chance, weather = self.chance, self.weather
        if chance.random() < weather.missed:
            return []
        first = at + chance.randint(0, 20 * SECOND_MS)
        again = chance.random() < weather.twice
        found = [first, first + chance.randint(0, MINUTE_MS)] if again else [first]
        return [at for at in found if at <= not_after]

    def crashes(self, now: Instant) -> bool:
        """Return whether the owner dies at this instant."""
        if not self.weather.crash_h:
            return False
        if not self._crash_at:
            self._crash_at = self._next(now)
        if now < self._crash_at:
            return False
        self._crash_at = self._next(now)
        return True

    def _next(self, now: Instant) -> Instant:
        return now + int(self.chance.expovariate(1 / self.weather.crash_h) * HOUR_MS) + 1
