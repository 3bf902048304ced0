"""300 small worlds of the in-memory run, a seed each, with everything that can go wrong."""

import pytest

from sim.hosters import ALL
from sim.memory.faults import Fault
from sim.memory.run import Size
from sim.memory.scenarios import SCENARIOS
from sim.memory.seeds import Task
from sim.memory.summary import Total

SMALL = Task(scenario="storm", days=0.4, size=Size(hosters=6, rate=8))
"""A few dozen reports at six hosters in ten hours; neighbouring seeds share all hosters out."""

SEEDS = 300
PART = 25


@pytest.mark.parametrize("first", range(1, SEEDS + 1, PART))
def test_all_properties_hold_with_every_seed(first):
    """With 300 seeds, every behaviour and every fault among each 25 of them."""
    total = Total()
    for seed in range(first, first + PART):
        total.add(SMALL.run(seed))
    again = [SMALL.again(seed) for seed in total.failed]
    assert again == []
    assert {fault for fault in Fault if not total.faults[fault]} == set()
    assert total.behaviours == {hoster.behaviour for hoster in ALL if hoster.weight}


def test_neighbouring_seeds_share_all_hosters_out():
    """Each hoster takes part once in as many seeds as it takes; one that moves has where to."""
    worlds = [SMALL.size.of(plan_of(seed)).hosters for seed in range(6, 12)]
    reported = [hoster.id for world in worlds for hoster in world if hoster.weight]
    every = [hoster.id for hoster in ALL if hoster.weight]
    assert sorted(reported) == sorted(every)
    others = {hoster.id for hoster in ALL if not hoster.weight}
    assert all(others <= {hoster.id for hoster in world} for world in worlds)


def plan_of(seed):
    return SCENARIOS[SMALL.scenario].plan(seed, 80)
