"""What is true of a hoster's share within the norm: in one world, and in the long run.

The truth is reckoned as a report reckons: the mean over incidents of the share of their cases
that were removed in time, of the cases whose norm ran out at their hoster. It is read off the
world alone.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final

from schemas.moments import DAY_MS, SECOND_MS, Instant
from sim.memory.reports.field import HOTLINES, INCIDENTS, NORM_S, PERIOD_DAYS
from sim.world.hosters import SimHoster
from sim.world.hotline_records import UNTOLD_AT
from sim.world.material import Material
from sim.world.url_generator import Maker
from sim.world.world import WORLD_START
from streams.report.cohort import Cohort

LONG_RUN: Final = 6_000
"""Incidents of the long run: its error is a fifteenth of that of a hoster in one world."""

NORM_MS: Final = NORM_S * SECOND_MS
_LONG_SEED: Final = 20_261_128


def happened(material: Iterable[Material], cohort: Cohort) -> dict[str, float]:
    """Return the true share within the norm in one world, by hoster.

    Args:
        material: all that was reported.
        cohort: the period; its cases were watched until it ends.
    """
    by_hoster: dict[str, list[Material]] = defaultdict(list)
    for item in material:
        if item.noticed_at != UNTOLD_AT and cohort.from_at <= item.clock_at < cohort.to_at:
            by_hoster[item.hoster].append(item)
    found = {hoster: _mean(own, cohort.as_of) for hoster, own in by_hoster.items()}
    return {hoster: share for hoster, share in found.items() if share is not None}


@cache
def long_run(hoster: SimHoster) -> float:
    """Return the true share within the norm over very many incidents of a hoster.

    Args:
        hoster: of the field.
    """
    rng = random.Random(f"{_LONG_SEED}/{hoster.id}")
    maker = Maker(port=80, start_at=WORLD_START, incidents=INCIDENTS)
    shares = []
    for number in range(LONG_RUN):
        at = WORLD_START + rng.randrange(PERIOD_DAYS * DAY_MS)
        own = maker.burst(hoster, HOTLINES[number % len(HOTLINES)], at, rng, 1)
        noticed = [item for item in own if item.noticed_at != UNTOLD_AT]
        shares.append(_mean(noticed, at + (PERIOD_DAYS + 31) * DAY_MS))
    known = [share for share in shares if share is not None]
    return sum(known) / len(known)


def _mean(material: Iterable[Material], as_of: Instant) -> float | None:
    """Return the mean over incidents of the shares in time; None = the norm applies to none."""
    incidents: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for item in material:
        if _norm_applies(item, as_of):
            incidents[item.host, item.clock_at // DAY_MS].append(item.in_time(NORM_MS, as_of))
    shares = [sum(own) / len(own) for own in incidents.values()]
    return sum(shares) / len(shares) if shares else None


def _norm_applies(item: Material, as_of: Instant) -> bool:
    return not (item.cancelled(as_of) or item.gone_untold()) and item.matured(NORM_MS, as_of)
