"""A scenario says whether anything keeps the monitor from its timetable, and what it is made of."""

from dataclasses import replace

import pytest

from schemas.records.registry import HosterEntry, HotlineEntry, InclusionEntry
from sim.memory.broker.faults import FaultRates
from sim.memory.scenarios.scenario import Scenario
from sim.world.hosters import ALL
from sim.world.world import Surge

CALM = Scenario(says="nothing")
ENTRY = InclusionEntry(id="amber", version=1, valid_from=0, probability=0.5)


@pytest.mark.parametrize(
    "hindered",
    [
        {"fault_rates": FaultRates(late=0.1)},
        {"surges": (Surge(hoster="amber", hotline="north", begins_ms=0, over_ms=1, count=1),)},
        {"entries": (ENTRY,)},
        {"hotlines": tuple(replace(one, belated=0.5) for one in CALM.hotlines)},
    ],
)
def test_what_keeps_the_monitor_from_its_timetable(hindered: dict) -> None:
    """Faults, surges, samples and late records; without them all probes are on time."""
    assert CALM.timely
    assert not replace(CALM, **hindered).timely


def test_its_registry_has_its_hosters_and_what_it_adds() -> None:
    """And the delays of its hotlines' feeds."""
    found = replace(CALM, hosters=ALL[:3], entries=(ENTRY,)).registry()
    assert [one.id for one in found if isinstance(one, HosterEntry)] == [h.id for h in ALL[:3]]
    assert found[-1] == ENTRY
    assert all(one.feed_delay_s > 0 for one in found if isinstance(one, HotlineEntry))


def test_a_seed_makes_its_plan() -> None:
    """Of whoever takes part."""
    plan = replace(CALM, hosters=ALL[:3], rate=7).plan(5, 80)
    assert (plan.seed, plan.port, plan.rate, plan.hosters) == (5, 80, 7, ALL[:3])
