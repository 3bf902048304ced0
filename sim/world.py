"""The practice world: material, what is said about it, and what is true of it at any instant.

A day of the world is a pure function of (seed, number of the day, start, port), so the servers,
the hotlines and the oracle each make their own copy and agree. The first three days are busy
and the following ones quiet, so that a run of five days sees most of its removals.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from sim.behaviour import pick, seconds_between
from sim.hosters import HOTLINES, TWELVE, SimHoster
from sim.hotlines import (
    NOTICE_DELAY_MAX_MS,
    NOTICE_DELAY_MIN_MS,
    Event,
    bad,
    conflict,
    in_order,
    shared,
    told,
)
from sim.material import Material

WORLD_START: Final[Instant] = 1_780_272_000_000
"""2026-06-01T00:00:00Z, a Monday at the start of a month; the year says nothing."""

BUSY_DAYS: Final = 3
BURSTS_BUSY: Final = 5  # bursts a hotline and day, of 4 URLs on average: 60 URLs a day
BURSTS_QUIET: Final = 1  # 12 URLs a day: a long run grows, but slowly
BURST_MAX: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one day brings; its events may reach into the next day."""

    material: tuple[Material, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a world is made from.

    Attributes:
        seed: decides everything left to chance.
        port: the port that all URLs name.
        start_at: when the first day begins.
        hosters, hotlines: who takes part.
    """

    seed: int
    port: int
    start_at: Instant = WORLD_START
    hosters: Sequence[SimHoster] = TWELVE
    hotlines: Sequence[str] = HOTLINES

    def day(self, number: int) -> Day:
        """Return what one day brings, the same for the same plan."""
        chance = random.Random(f"{self.seed}/{number}")
        material: list[Material] = []
        events: list[Event] = []
        bursts = BURSTS_BUSY if number < BUSY_DAYS else BURSTS_QUIET
        for place, hotline in enumerate(self.hotlines):
            mine: list[Event] = []
            for burst in range(bursts):
                turn = (number * bursts + burst) * len(self.hotlines) + place
                items = self._burst(number, turn, chance)
                material += items
                for count, item in enumerate(items):
                    mine += self._said(item, hotline, f"{number}-{burst}-{count}", chance)
            mine += self._spoiled(number, hotline, mine, chance)
            events += mine
        return Day(material=tuple(material), events=tuple(in_order(events)))

    def _burst(self, day: int, turn: int, chance: random.Random) -> list[Material]:
        """Make the URLs of one burst; the first bursts of all visit every hoster once."""
        drawn = pick(chance, [hoster.weight for hoster in self.hosters])
        hoster = self.hosters[turn if turn < len(self.hosters) else drawn]
        first = turn < len(self.hotlines)  # something to look at from the first second on
        since_ms = seconds_between(chance, 0, 20 * MINUTE_MS if first else DAY_MS - HOUR_MS)
        reported_at = self.start_at + day * DAY_MS + since_ms
        delay_ms = seconds_between(chance, NOTICE_DELAY_MIN_MS, NOTICE_DELAY_MAX_MS)
        return [
            self._material(hoster, reported_at, reported_at + delay_ms, chance)
            for _ in range(chance.randint(1, BURST_MAX))
        ]

    def _material(
        self, hoster: SimHoster, reported_at: Instant, noticed_at: Instant, chance: random.Random
    ) -> Material:
        literal = chance.random() < 0.05  # one URL in twenty names an address
        host = hoster.address if literal else chance.choice(hoster.hosts)
        path = f"/{chance.randrange(1 << 24):06x}/{chance.randrange(1 << 40):010x}.jpg"
        delay_ms = hoster.law.draw(chance)
        reported_at -= reported_at % SECOND_MS
        return Material(
            hoster=hoster.id,
            host=host,
            path=path,
            url=f"http://{host}:{self.port}{path}",
            since_at=reported_at - seconds_between(chance, HOUR_MS, 3 * DAY_MS),
            reported_at=reported_at,
            noticed_at=noticed_at,
            removed_at=None if delay_ms is None else noticed_at + delay_ms,
            length=chance.randint(20_000, 400_000),
        )

    def _said(self, item: Material, hotline: str, id: str, chance: random.Random) -> list[Event]:
        hoster = next(hoster for hoster in self.hosters if hoster.id == item.hoster)
        others = [other for other in self.hotlines if other != hotline]
        return [
            *told(item, hoster, hotline, id, chance),
            *shared(item, hoster, others, f"{hotline}-{id}", chance),
        ]

    def _spoiled(
        self, day: int, hotline: str, mine: list[Event], chance: random.Random
    ) -> list[Event]:
        at = self.start_at + day * DAY_MS + seconds_between(chance, HOUR_MS, 20 * HOUR_MS)
        report = in_order([event for event in mine if event.hotline == hotline])[0]
        return [
            bad(hotline, day, at, report),
            *([conflict(report, 3 * HOUR_MS)] if day % 2 == 0 else []),
        ]


@dataclass(slots=True)
class World:
    """A plan carried out day by day, as far as somebody has asked.

    Attributes:
        plan: what it is made from.
    """

    plan: Plan
    _places: dict[tuple[str, str], Material] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _days: int = 0

    def extend(self, until: Instant) -> None:
        """Make every day that begins at or before an instant."""
        while self.plan.start_at + self._days * DAY_MS <= until:
            day = self.plan.day(self._days)
            self._places.update(((item.host, item.path), item) for item in day.material)
            self._events = in_order([*self._events, *day.events])
            self._days += 1

    def at(self, host: str, path: str) -> Material | None:
        """Return the material at a place, whether it is there yet, still, or no more."""
        return self._places.get((host, path))

    def material(self, reported_until: Instant) -> list[Material]:
        """Return what has been reported at or before an instant, in order of report."""
        self.extend(reported_until)
        found = [m for m in self._places.values() if m.reported_at <= reported_until]
        return sorted(found, key=lambda m: (m.reported_at, m.host, m.path))

    def events(self, after: Instant, until: Instant) -> list[Event]:
        """Return what the hotlines send in (after, until], in order."""
        self.extend(until)
        return [event for event in self._events if after < event.at <= until]
