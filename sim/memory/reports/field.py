"""Who takes part in the worlds that reports are made of, and how such a world is.

Hosters have known laws of removal. What comes in are incidents: URLs of one site, alike in their
removal. Some of one hoster's customers leave for another hoster before they are told. One hotline
has bad addresses and takes reports back, one has office hours, one hands in late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemas.moments import DAY_MS, HOUR_MS
from sim.memory.broker.clock import SPEED
from sim.memory.scenarios.scenario import Scenario
from sim.oracle.drawn_incidents import ALIKE, SHAPE, SPREAD
from sim.world.behaviour import Behaviour
from sim.world.delays import only
from sim.world.hosters import ALL, SimHoster
from sim.world.hotline_habits import HotlineHabits
from sim.world.url_generator import IncidentModel
from sim.world.world import WORLD_START, Tempo
from streams.report.cohort import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldRequest:
    """What is played and what is reported of it.

    Attributes:
        scenario: who takes part, and what goes wrong.
        cohort: the period and its norm.
        threshold: share within the norm, 0 to 1.
        incidents: how reported URLs hang together; None = each has a site of its own.
    """

    scenario: Scenario
    cohort: Cohort
    threshold: float
    incidents: IncidentModel | None = None


PERIOD_DAYS: Final = 8
NORM_S: Final = 86_400
THRESHOLD: Final = 0.8
COHORT: Final = Cohort(WORLD_START, WORLD_START + PERIOD_DAYS * DAY_MS, NORM_S)

INCIDENTS: Final = IncidentModel(shape=SHAPE, size_max=10, alike=ALIKE, leaving=0.15)
"""As large as lets most hosters be judged: no incident may be over 30 % of its cases."""

_BURSTS: Final = 3
"""Incidents of each hotline on a day: 24 of each hoster in the period."""

_SPEEDUP: Final = 32
"""What lasts six weeks is polled less often: a probe may be sent ten minutes after its slot."""

_FIRST: Final = 61


def _hoster(
    place: int, id: str, median_h: float, behaviour: Behaviour = Behaviour.PROMPT
) -> SimHoster:
    return SimHoster(
        id=id,
        number=_FIRST + place,
        behaviour=behaviour,
        delay_mixture=only(median_h, SPREAD),
        weight=1.0,
    )


JUDGED: Final[Sequence[SimHoster]] = (
    replace(_hoster(0, "hours12", 12, Behaviour.SOFT_404), gone_status=200),
    replace(_hoster(1, "hours240", 240, Behaviour.SLOW), gone_status=410),
    replace(_hoster(2, "leaving24", 24, Behaviour.LEAVES), second="shell"),
)
"""The hosters of the field, named after the median of their removal times."""

HOSTERS: Final = (*JUDGED, *(one for one in ALL if one.id == "shell"))

HOTLINES: Final = (
    HotlineHabits(
        id="north",
        bounced=0.05,
        misdirected=0.05,
        untold=0.03,
        withdrawn=0.05,
        checked=0.1,
        answered=0.3,
        ordered=0.1,
    ),
    HotlineHabits(id="south", holds=True, checked=0.1, shared=0.15, reported_again=0.2),
    HotlineHabits(id="west", belated=0.4, feed_delay_ms=36 * HOUR_MS, resent=0.2, withdrawn=0.03),
)

WORLD: Final = Scenario(
    says="hosters with known laws of removal, whose cases come in incidents; some move away, some"
    " are reported late; a report of them holds the truth",
    hosters=HOSTERS,
    hotlines=HOTLINES,
    tempo=Tempo(busy_days=PERIOD_DAYS, busy=_BURSTS, quiet=0, opens=False),
    days=(COHORT.as_of - COHORT.from_at) / DAY_MS,
    speed=_SPEEDUP * SPEED,
)

REQUEST: Final = WorldRequest(
    scenario=WORLD, cohort=COHORT, threshold=THRESHOLD, incidents=INCIDENTS
)
"""The report that is asked for of each world."""
