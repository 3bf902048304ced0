"""The practice world: material, what is said about it, and what is true of it at any instant.

A day of the world is a pure function of (seed, number of the day, start, port), so the servers,
the hotlines and the oracle each make their own copy and agree. In its first hours material is
reported at every hoster once. The first three days are busy and the following ones quiet, so
that a run of five days sees most of its removals.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from sim.hosters import ALL, HOTLINES, SimHoster
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
from sim.laws import pick, seconds_between
from sim.material import Material
from sim.schedules import absences

WORLD_START: Final[Instant] = 1_780_272_000_000
"""2026-06-01T00:00:00Z, a Monday at the start of a month; the year says nothing."""

BUSY_DAYS: Final = 3
ROUND_MS: Final = 4 * HOUR_MS
"""In the first hours every hoster is reported, so that a run of two days and a half shows what
each of them does."""

BURSTS_BUSY: Final = 5  # bursts a hotline and day, of 4 URLs on average: 60 URLs a day
BURSTS_QUIET: Final = 1  # 12 URLs a day: a long run grows, but slowly
BURST_MAX: Final = 7
BURST_MEAN: Final = (1 + BURST_MAX) / 2
_LITERAL: Final = 0.05


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
        rate: URLs reported a day besides the first round; None = busy days, then quiet ones.
    """

    seed: int
    port: int
    start_at: Instant = WORLD_START
    hosters: Sequence[SimHoster] = ALL
    hotlines: Sequence[str] = HOTLINES
    rate: float | None = None

    def day(self, number: int) -> Day:
        """Return what one day brings, the same for the same plan."""
        chance = random.Random(f"{self.seed}/{number}")
        material: list[Material] = []
        events: list[Event] = []
        for place, hotline in enumerate(self.hotlines):
            mine: list[Event] = []
            for burst, (hoster, since_ms) in enumerate(self._bursts(number, place, chance)):
                items = self._burst(number, hoster, since_ms, chance)
                material += items
                for count, item in enumerate(items):
                    mine += self._said(item, hotline, f"{number}-{burst}-{count}", chance)
            mine += self._spoiled(number, hotline, mine, chance)
            events += mine
        return Day(material=tuple(material), events=tuple(in_order(events)))

    def _bursts(
        self, day: int, place: int, chance: random.Random
    ) -> Iterator[tuple[SimHoster, int]]:
        """Yield at whom a hotline finds something, and how long after the day began.

        Args:
            day: its number.
            place: of the hotline; on the first day they share a round of all hosters out.
            chance: where the draws come from.
        """
        reported = [hoster for hoster in self.hosters if hoster.weight]
        for turn, hoster in enumerate(reported[place :: len(self.hotlines)] if day == 0 else ()):
            # something to look at from the first second on
            yield hoster, seconds_between(chance, 0, ROUND_MS if turn else 20 * MINUTE_MS)
        for _ in range(self._many(day, chance)):
            drawn = pick(chance, [hoster.weight for hoster in reported])
            yield reported[drawn], seconds_between(chance, 0, DAY_MS - HOUR_MS)

    def _many(self, day: int, chance: random.Random) -> int:
        """Return how many bursts of a hotline a day has."""
        if self.rate is None:
            return BURSTS_BUSY if day < BUSY_DAYS else BURSTS_QUIET
        return int(self.rate / (BURST_MEAN * len(self.hotlines)) + chance.random())

    def _burst(
        self, day: int, hoster: SimHoster, since_ms: int, chance: random.Random
    ) -> list[Material]:
        reported_at = self.start_at + day * DAY_MS + since_ms
        delay_ms = seconds_between(chance, NOTICE_DELAY_MIN_MS, NOTICE_DELAY_MAX_MS)
        return [
            self._material(hoster, reported_at, reported_at + delay_ms, chance)
            for _ in range(chance.randint(1, BURST_MAX))
        ]

    def _material(
        self, hoster: SimHoster, reported_at: Instant, noticed_at: Instant, chance: random.Random
    ) -> Material:
        path = f"/{chance.randrange(1 << 24):06x}/{chance.randrange(1 << 40):010x}.jpg"
        host = _host(hoster, chance)
        delay_ms = hoster.law.draw(chance)
        removed_at = None if delay_ms is None else noticed_at + delay_ms
        reported_at -= reported_at % SECOND_MS
        extra = absences(hoster.behaviour, noticed_at, removed_at, chance)
        return Material(
            hoster=hoster.id,
            host=host,
            path=path,
            url=f"http://{host}:{self.port}{path}",
            since_at=reported_at - seconds_between(chance, HOUR_MS, 3 * DAY_MS),
            reported_at=reported_at,
            noticed_at=noticed_at,
            removed_at=removed_at,
            back_at=extra.back_at,
            gaps=extra.gaps,
            second=hoster.second,
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


def _host(hoster: SimHoster, chance: random.Random) -> str:
    """Return a customer's name; one URL in twenty names the address instead."""
    if hoster.named:
        return f"n{chance.randrange(1 << 40):010x}.{hoster.id}.example"
    return hoster.address if chance.random() < _LITERAL else chance.choice(hoster.hosts)


@dataclass(slots=True)
class World:
    """A plan carried out day by day, as far as somebody has asked.

    Attributes:
        plan: what it is made from.
    """

    plan: Plan
    _places: dict[tuple[str, str], Material] = field(default_factory=dict)
    _named: dict[str, Material] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)
    _days: int = 0

    def extend(self, until: Instant) -> None:
        """Make every day that begins at or before an instant."""
        while self.plan.start_at + self._days * DAY_MS <= until:
            day = self.plan.day(self._days)
            self._places.update(((item.host, item.path), item) for item in day.material)
            self._named.update((item.host, item) for item in day.material)
            self._events = in_order([*self._events, *day.events])
            self._days += 1

    def at(self, host: str, path: str) -> Material | None:
        """Return the material at a place, whether it is there yet, still, or no more."""
        return self._places.get((host, path))

    def named(self, host: str) -> Material | None:
        """Return the material at a name that is one URL's own, the newest where it is several's."""
        return self._named.get(host)

    def material(self, reported_until: Instant) -> list[Material]:
        """Return what has been reported at or before an instant, in order of report."""
        self.extend(reported_until)
        found = [m for m in self._places.values() if m.reported_at <= reported_until]
        return sorted(found, key=lambda m: (m.reported_at, m.host, m.path))

    def events(self, after: Instant, until: Instant) -> list[Event]:
        """Return what the hotlines send in (after, until], in order."""
        self.extend(until)
        return [event for event in self._events if after < event.at <= until]
