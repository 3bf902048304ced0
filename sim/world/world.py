"""The practice world: material, what is said about it, and what is true of it at any instant.

A day of the world is a pure function of (seed, number of the day, start, port). So the servers, the
hotlines and the oracle each make their own copy and agree. In its first hours material is reported
at every hoster once. Unless told otherwise the first three days are busy and the following ones
quiet, so that a run of five days sees most of its removals.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Result
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from sim.world.delays import pick, seconds_between
from sim.world.hosters import ALL, SimHoster
from sim.world.hotline_habits import PLAIN, HotlineHabits
from sim.world.hotline_records import HotlineRecords, again, elsewhere, reported_again, shared, told
from sim.world.hotlines import HotlineEvent, bad, conflict, in_order
from sim.world.material import Material
from sim.world.url_generator import IncidentModel, Maker

WORLD_START: Final[Instant] = 1_780_272_000_000
"""2026-06-01T00:00:00Z, a Monday at the start of a month; the year says nothing."""

ROUND_MS: Final = 4 * HOUR_MS
"""In the first hours every hoster is reported, so that a run of two days and a half shows what
each of them does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one day brings; its events may reach into the next day."""

    material: tuple[Material, ...]
    events: tuple[HotlineEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How much a hotline of pace 1 finds.

    Attributes:
        busy_days: the first days, in which it finds more.
        busy, quiet: bursts on such a day, and on a later one.
        burst_max: URLs in a burst, at most; half as many on average.
        opens: every hoster is reported once in the first hours.
    """

    busy_days: int = 3
    busy: int = 5
    quiet: int = 1
    burst_max: int = 7
    opens: bool = True

    def bursts(self, day: int) -> float:
        """Return how many bursts there are on a day."""
        return self.busy if day < self.busy_days else self.quiet


USUAL: Final = Tempo()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """Many URLs at once.

    Attributes:
        hotline: who reports them.
        begins_ms, over_ms: after the world's start, and how long it takes.
        count: how many URLs.
        hoster: where they are; empty = at all, by weight.
        self_report: the hoster found them itself.
        copies: how often each of its records comes again.
        broken: records that cannot be taken, besides.
    """

    hotline: str
    begins_ms: int
    over_ms: int
    count: int
    hoster: str = ""
    self_report: bool = False
    copies: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a world is made from.

    Attributes:
        seed: decides everything left to chance.
        port: the port that all URLs name.
        start_at: when the first day begins.
        hosters, hotlines: who takes part.
        tempo: how much is found.
        rate: URLs reported a day, by all hotlines together; None = as the tempo has it.
        surges: what comes beside that; other days and hotlines are the same with and without.
        incidents: what is reported together is one site's; None = each URL has a site of its own.
    """

    seed: int
    port: int
    start_at: Instant = WORLD_START
    hosters: Sequence[SimHoster] = ALL
    hotlines: Sequence[HotlineHabits] = PLAIN
    tempo: Tempo = USUAL
    rate: float | None = None
    surges: Sequence[Surge] = ()
    incidents: IncidentModel | None = None

    def day(self, number: int) -> Day:
        """Return what one day brings, the same for the same plan."""
        rng = random.Random(f"{self.seed}/{number}")
        maker = Maker(self.port, self.start_at, self.incidents)
        material: list[Material] = []
        events: list[HotlineEvent] = []
        for place, habits in enumerate(self.hotlines):
            mine: list[HotlineEvent] = []
            for burst, (hoster, since_ms) in enumerate(self._bursts(number, place, rng)):
                reported_at = self.start_at + number * DAY_MS + since_ms
                items = maker.burst(hoster, habits, reported_at, rng, self.tempo.burst_max)
                material += items
                for count, item in enumerate(items):
                    mine += self._said(item, habits, f"{number}-{burst}-{count}", rng)
            mine += self._spoiled(number, habits.id, mine, rng)
            events += mine
        for turn, surge in enumerate(self.surges):
            if surge.begins_ms // DAY_MS == number:
                items, said = self._surged(surge, turn, maker)
                material += items
                events += said
        return Day(material=tuple(material), events=tuple(in_order(events)))

    def _bursts(self, day: int, place: int, rng: random.Random) -> Iterator[tuple[SimHoster, int]]:
        """Yield at whom a hotline finds something, and how long after the day began.

        Args:
            day: its number.
            place: of the hotline; on the first day they share a round of all hosters out.
            rng: where the draws come from.
        """
        weights = [(hoster, hoster.weight_on(day)) for hoster in self.hosters]
        reported = [hoster for hoster, weight in weights if weight]
        opening = reported[place :: len(self.hotlines)] if day == 0 and self.tempo.opens else ()
        for turn, hoster in enumerate(opening):
            # something to look at from the first second on
            yield hoster, seconds_between(rng, 0, ROUND_MS if turn else 20 * MINUTE_MS)
        for _ in range(self._many(day, place, rng)):
            drawn = pick(rng, [hoster.weight_on(day) for hoster in reported])
            yield reported[drawn], seconds_between(rng, 0, DAY_MS - HOUR_MS)

    def _many(self, day: int, place: int, rng: random.Random) -> int:
        """Return how many bursts a hotline has on a day; a fraction is one now and then."""
        pace = self.hotlines[place].pace
        wanted = pace * self.tempo.bursts(day)
        if self.rate is not None:
            paces = sum(habits.pace for habits in self.hotlines)
            wanted = self.rate * pace / paces / ((1 + self.tempo.burst_max) / 2)
        whole = int(wanted)
        part = wanted - whole
        return whole + (part > 0 and rng.random() < part)

    def _surged(
        self, surge: Surge, turn: int, maker: Maker
    ) -> tuple[list[Material], list[HotlineEvent]]:
        """Return a surge's material and records; its draws are its own."""
        rng = random.Random(f"{self.seed}/surge/{turn}")
        habits = next(habits for habits in self.hotlines if habits.id == surge.hotline)
        day = surge.begins_ms // DAY_MS
        among = [h for h in self.hosters if h.id == surge.hoster or not surge.hoster]
        weights = [h.weight_on(day) if not surge.hoster else 1.0 for h in among]
        material: list[Material] = []
        events: list[HotlineEvent] = []
        for count in range(surge.count):
            at_ms = surge.begins_ms + seconds_between(rng, 0, surge.over_ms)
            hoster = among[pick(rng, weights)]
            (item,) = maker.burst(hoster, habits, self.start_at + at_ms, rng, 1)
            material.append(item)
            said = list(told(item, self._records(item, habits, f"s{turn}-{count}", surge), rng))
            events += said
            first = [event for event in said if event.result is Result.ACCEPTED]
            events += [again(event, rng) for event in first for _ in range(surge.copies)]
        report = next(event for event in events if event.type == "report")
        for count in range(surge.broken):
            at = self.start_at + surge.begins_ms + seconds_between(rng, 0, surge.over_ms)
            events.append(bad(habits.id, count, at, report, f"s{turn}-{count}"))
        return material, events

    def _records(
        self, item: Material, habits: HotlineHabits, id: str, surge: Surge | None = None
    ) -> HotlineRecords:
        hoster = next(hoster for hoster in self.hosters if hoster.id == item.hoster)
        return HotlineRecords(
            habits=habits,
            hoster=hoster,
            elsewhere=elsewhere(self.hosters, hoster),
            id=id,
            self_report=surge is not None and surge.self_report,
        )

    def _said(
        self, item: Material, habits: HotlineHabits, id: str, rng: random.Random
    ) -> list[HotlineEvent]:
        records = self._records(item, habits, id)
        others = [other for other in self.hotlines if other is not habits]
        said = [*told(item, records, rng), *shared(item, records, others, rng)]
        return [*said, *reported_again(item, records, others, rng)]

    def _spoiled(
        self, day: int, hotline: str, mine: list[HotlineEvent], rng: random.Random
    ) -> list[HotlineEvent]:
        at = self.start_at + day * DAY_MS + seconds_between(rng, HOUR_MS, 20 * HOUR_MS)
        own = [event for event in mine if event.hotline == hotline and event.type == "report"]
        if not own:
            return []
        report = in_order(own)[0]
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
    _named: dict[str, Material] = field(default_factory=dict)
    _events: list[HotlineEvent] = field(default_factory=list)
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
        found = [m for m in self._places.values() if m.heard_at <= reported_until]
        return sorted(found, key=lambda m: (m.reported_at, m.host, m.path))

    def events(self, after: Instant, until: Instant) -> list[HotlineEvent]:
        """Return what the hotlines send in (after, until], in order."""
        self.extend(until)
        return [event for event in self._events if after < event.at <= until]
