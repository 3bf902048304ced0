"""Makes the URLs of the practice world: where they are, and everything that will happen to them."""

import random
from dataclasses import dataclass, replace
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from sim.world.absences import MOVED_MS, absences, moved_at
from sim.world.behaviour import Behaviour
from sim.world.delays import DelayMixture, seconds_between
from sim.world.hosters import SimHoster
from sim.world.hotline_habits import HotlineHabits
from sim.world.hotline_records import UNTOLD_AT, reminded_at
from sim.world.hotlines import NOTICE_DELAY_MAX_MS, NOTICE_DELAY_MIN_MS
from sim.world.material import Material

_LITERAL: Final = 0.05

BELATED_MS: Final = (10 * MINUTE_MS, 5 * HOUR_MS)
"""How long a belated record is on its way: more than an hour flags a notice as backdated."""

TERMS_S: Final = (3_600, 43_200)
"""Terms of orders: an hour, as for terrorist content, and twelve."""

WITHDRAWN_MS: Final = (2 * HOUR_MS, 40 * HOUR_MS)
"""How long after the notice a report is withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentModel:
    """How the incidents of a world are: URLs of one site, reported together.

    Who takes one page of a site down takes the others down with it, so removal times of an incident
    are alike. A site that leaves its hoster takes all of its URLs along.

    Attributes:
        shape: of the Pareto distribution of their sizes.
        size_max: URLs that an incident has at most.
        alike: part of the variance of the logarithm of removal times that one incident shares.
        leaving: of hosters whose customers leave, the share of incidents that do.
    """

    shape: float
    size_max: int
    alike: float
    leaving: float

    def size(self, rng: random.Random) -> int:
        """Return how many URLs an incident has."""
        return min(int(rng.paretovariate(self.shape)), self.size_max)

    def delays(self, mixture: DelayMixture, many: int, rng: random.Random) -> list[int | None]:
        """Return the times from notice to removal of an incident's URLs.

        Args:
            mixture: of the hoster.
            many: URLs.
            rng: where the draws come from.
        """
        return mixture.draw_alike(many, self.alike, rng)

    def leaves_at(
        self, hoster: SimHoster, noticed_at: Instant, rng: random.Random
    ) -> Instant | None:
        """Return when a site moves to another owner's hoster; None = it stays.

        Args:
            hoster: that has it.
            noticed_at: when that was told.
            rng: where the draws come from.
        """
        if hoster.behaviour is not Behaviour.LEAVES or rng.random() >= self.leaving:
            return None
        return noticed_at + seconds_between(rng, *MOVED_MS)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes URLs.

    Attributes:
        port: the port that they name.
        start_at: when the world begins.
        incidents: URLs reported together are one site's; None = each has a site of its own.
    """

    port: int
    start_at: Instant
    incidents: IncidentModel | None = None

    def burst(
        self,
        hoster: SimHoster,
        habits: HotlineHabits,
        reported_at: Instant,
        rng: random.Random,
        burst_max: int,
    ) -> list[Material]:
        """Return URLs that a hotline reports and notices together.

        Args:
            hoster: where they are.
            habits: who finds them.
            reported_at: when.
            rng: where the draws come from.
            burst_max: how many there are at most.
        """
        delay_ms = seconds_between(rng, NOTICE_DELAY_MIN_MS, NOTICE_DELAY_MAX_MS)
        reported_at -= reported_at % SECOND_MS
        noticed_at = habits.noticed_at(reported_at + delay_ms)
        times = (reported_at, noticed_at)
        if self.incidents is not None:
            return self._incident(self.incidents, hoster, habits, times, rng)
        return [
            self._material(hoster, habits, times, rng) for _ in range(rng.randint(1, burst_max))
        ]

    def _incident(
        self,
        incidents: IncidentModel,
        hoster: SimHoster,
        habits: HotlineHabits,
        times: tuple[Instant, Instant],
        rng: random.Random,
    ) -> list[Material]:
        """Return the URLs of one site, that are removed in much the same time."""
        mixture = hoster.delay_mixture_on(self._day(times[1]))
        delays = incidents.delays(mixture, incidents.size(rng), rng)
        host, leaves_at = _host(hoster, rng), incidents.leaves_at(hoster, times[1], rng)
        made = (self._material(hoster, habits, times, rng, (host, one)) for one in delays)
        return [replace(one, moved_at=leaves_at) for one in made]

    def _material(
        self,
        hoster: SimHoster,
        habits: HotlineHabits,
        times: tuple[Instant, Instant],
        rng: random.Random,
        drawn: tuple[str, int | None] | None = None,
    ) -> Material:
        reported_at, noticed_at = times
        if rng.random() < habits.untold:
            noticed_at = UNTOLD_AT
        path = f"/{rng.randrange(1 << 24):06x}/{rng.randrange(1 << 40):010x}.jpg"
        host, delay_ms = drawn or (
            _host(hoster, rng),
            self._delay_ms(hoster, noticed_at, rng),
        )
        removed_at = self._removed_at(hoster, noticed_at, delay_ms)
        extra = absences(hoster.behaviour, noticed_at, removed_at, rng)
        return Material(
            hoster=hoster.id,
            host=host,
            path=path,
            url=f"http://{host}:{self.port}{path}",
            since_at=reported_at - seconds_between(rng, HOUR_MS, 3 * DAY_MS),
            reported_at=reported_at,
            noticed_at=noticed_at,
            removed_at=removed_at,
            back_at=extra.back_at,
            gaps=extra.gaps,
            second=hoster.second,
            moved_at=moved_at(hoster.behaviour, noticed_at, removed_at, rng),
            leaves=hoster.behaviour is Behaviour.LEAVES,
            through=hoster.through,
            length=rng.randint(20_000, 400_000),
            report_late_ms=_belated(habits, rng),
            notice_late_ms=0 if noticed_at == UNTOLD_AT else _belated(habits, rng),
            feed_delay_ms=habits.feed_delay_ms,
            withdrawn_at=_withdrawn_at(habits, noticed_at, rng),
            order_s=_order_s(habits, rng),
        )

    def _day(self, at: Instant) -> int:
        return (min(at, self.start_at + 400 * DAY_MS) - self.start_at) // DAY_MS

    def _delay_ms(self, hoster: SimHoster, noticed_at: Instant, rng: random.Random) -> int | None:
        return hoster.delay_mixture_on(self._day(noticed_at)).draw(rng)

    def _removed_at(
        self, hoster: SimHoster, noticed_at: Instant, delay_ms: int | None
    ) -> Instant | None:
        if delay_ms is None or noticed_at == UNTOLD_AT:
            return None
        second = hoster.behaviour is Behaviour.SECOND_NOTICE
        removed_at = (reminded_at(noticed_at) if second else noticed_at) + delay_ms
        silent = hoster.silent_from
        stops = silent is not None and removed_at >= self.start_at + silent * DAY_MS
        return None if stops else removed_at


def _belated(habits: HotlineHabits, rng: random.Random) -> int:
    late = bool(habits.belated) and rng.random() < habits.belated
    return seconds_between(rng, *BELATED_MS) if late else 0


def _withdrawn_at(habits: HotlineHabits, noticed_at: Instant, rng: random.Random) -> Instant | None:
    taken_back = bool(habits.withdrawn) and rng.random() < habits.withdrawn
    if not taken_back or noticed_at == UNTOLD_AT:
        return None
    return noticed_at + seconds_between(rng, *WITHDRAWN_MS)


def _order_s(habits: HotlineHabits, rng: random.Random) -> int | None:
    ordered = bool(habits.ordered) and rng.random() < habits.ordered
    return rng.choice(TERMS_S) if ordered else None


def _host(hoster: SimHoster, rng: random.Random) -> str:
    """Return a customer's name; one URL in twenty names the address instead."""
    if hoster.named:
        return f"n{rng.randrange(1 << 40):010x}.{hoster.id}.example"
    if not hoster.through and rng.random() < _LITERAL:
        return hoster.address
    return rng.choice(hoster.hosts)
