"""The scenarios of the in-memory run: who takes part, and what goes wrong on the way."""

from collections.abc import Mapping
from typing import Final

from msgspec import structs

from schemas.moments import DAY_MS, HOUR_MS, Instant
from schemas.records.registry import HosterEntry, InclusionEntry
from schemas.records.reports import HosterId
from sim.memory.broker.clock import SPEED
from sim.memory.broker.faults import FaultRates
from sim.memory.scenarios import casts
from sim.memory.scenarios.scenario import NO_FAULTS, Scenario
from sim.memory.stages.exchange import MisreadingVantage
from sim.world.hosters import ALL
from sim.world.hotline_habits import BUSY, STORMY
from sim.world.http_messages import MISSING, Reply, Request
from sim.world.world import WORLD_START, Surge, Tempo

CALM: Final = NO_FAULTS
FAULTY: Final = FaultRates(
    late=0.02,
    twice=0.03,
    missed=0.02,
    lost=0.005,
    reordered=0.1,
    crash_h=9.0,
    pause_h=9.0,
    rebalance_h=6.0,
)
"""In every group of owners one dies two to three times a day, and one stands still as often. A
partition goes to another owner every six hours, and a record in thirty comes twice."""

BURST: Final = 200
BURST_FULL: Final = 40_000
"""What one hoster handed in at once: some 38,000 of Germany's 54,613 reports of 2023."""

BURST_SAMPLED: Final = 0.035
"""Of that burst, what the registry has sampled: what `streams.schedule.inclusion_suggestion`
suggests for as many cases noticed within half a day, at 30 requests a minute."""

_BURST_AT: Final = DAY_MS // 2
_EVEN: Final = Tempo(opens=False, burst_max=3)
"""By weight from the first hour on, and in small bursts, so that shares are near the weights."""

_SINGLE: Final = Tempo(opens=False, burst_max=1)
"""The same one by one: where a month has few reports, bursts alone move its shares by points."""

_LIES_FROM: Final = WORLD_START + DAY_MS // 2


def _burst(count: int, probability: float | None = None) -> Scenario:
    """Return the scenario of a hoster that hands in its own finds, with many or few of them.

    Args:
        count: how many.
        probability: of inclusion in its sample, as the registry has it; None = it has none.
    """
    surge = Surge(
        hotline="west",
        begins_ms=_BURST_AT,
        over_ms=12 * HOUR_MS,
        count=count,
        hoster=casts.BURST_AT,
        self_report=True,
    )
    return Scenario(
        says="a hoster reports its own finds, thousands in half a day: all are cases, none feeds "
        "naming, no alert, and the others' probes stay on time",
        hosters=casts.PLAIN,
        rate=40,
        tempo=_EVEN,
        surges=(surge,),
        entries=() if probability is None else (_sampled(casts.BURST_AT, probability),),
        days=2.5,
    )


def _sampled(hoster: HosterId, probability: float) -> InclusionEntry:
    return InclusionEntry(
        id=hoster, version=1, valid_from=0, probability=probability, seed="practice"
    )


def _owned(id: HosterId, group: HosterId, from_at: Instant) -> HosterEntry:
    """Return the registry entry by which a hoster belongs to an owner from an instant on."""
    hoster = next(hoster for hoster in ALL if hoster.id == id)
    return structs.replace(hoster.entry(), version=2, valid_from=from_at, group=group)


def _denies(request: Request, reply: Reply | None) -> Reply | None:
    """Take everything below the root for missing, as a network that censors shows it."""
    return reply if request.path == "/" else MISSING


_FLOOD: Final = Surge(
    hotline="west", begins_ms=DAY_MS, over_ms=2 * HOUR_MS, count=120, copies=3, broken=200
)

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "calm": Scenario(says="every kind of hoster, and nothing goes wrong: by the timetable"),
    "storm": Scenario(
        says="the same, late, twice, missed and with owners that die: as right, if wider; with "
        "orders, late feeds, withdrawals, reports after a removal, and a hoster that gets an owner",
        hotlines=STORMY,
        entries=(_owned("birch", "grove", WORLD_START + 5 * HOUR_MS),),
        fault_rates=FAULTY,
    ),
    "hotlines": Scenario(
        says="notices held back, bounced, astray, late; checks and withdrawals: no clock but that "
        "of the notice that arrived, and the hotlines' delay is theirs",
        hotlines=BUSY,
        fault_rates=FAULTY,
        days=5.0,
    ),
    "dominant": Scenario(
        says="one hoster with 94 % of the reports, a quarter of them sampled: its share is "
        "estimated right, and the others' figures stay theirs",
        hosters=casts.dominant(),
        rate=90,
        tempo=_EVEN,
        entries=(_sampled(casts.DOMINANT, 0.25),),
        fault_rates=FAULTY,
        days=3.0,
    ),
    "split": Scenario(
        says="39 hosters, fast or slow and few between: 40 % within 24 h in all, and each kind "
        "where it belongs",
        hosters=casts.split(),
        rate=90,
        tempo=_EVEN,
        days=3.0,
    ),
    "silent": Scenario(
        says="a prompt hoster answers nothing after the first day: its backlog's growth is told "
        "within two days, its silence after a week",
        hosters=casts.silent(),
        rate=30,
        tempo=_EVEN,
        days=9.0,
    ),
    "displacement": Scenario(
        says="within a quarter the material goes from one country to another: it is counted "
        "where it is, and what moves ends at the one and begins at the other",
        hosters=casts.displaced(),
        rate=5,
        tempo=_SINGLE,
        days=90.0,
        speed=4 * SPEED,
    ),
    "obstructing": Scenario(
        says="two hosters show the monitor nothing: not measurable, and never better for it; one "
        "that refuses the removed URL alone is not called late",
        hosters=casts.obstructing(),
        rate=60,
        tempo=_EVEN,
        days=3.0,
    ),
    "method": Scenario(
        says="one announced vantage before, two and a hidden one after: the same days by both "
        "methods, so that a change of figures is not taken for one of hosters",
        hosters=casts.cloaked(),
        rate=60,
        tempo=_EVEN,
        days=3.0,
    ),
    "burst": _burst(BURST),
    "burst-full": _burst(BURST_FULL, BURST_SAMPLED),
    "liar": Scenario(
        says="a vantage that suddenly sees nothing anywhere: nothing ends by its word",
        hosters=casts.PLAIN,
        rate=50,
        tempo=_EVEN,
        misreading={"announced": MisreadingVantage(_LIES_FROM, _denies)},
        days=2.5,
    ),
    "flood": Scenario(
        says="a hotline sends everything four times and hundreds of broken records: each has its "
        "outcome, and the other hotlines' figures are as without it",
        hosters=casts.PLAIN,
        rate=40,
        tempo=_EVEN,
        surges=(_FLOOD,),
        days=2.5,
    ),
}
"""By name, as the command line has them."""
