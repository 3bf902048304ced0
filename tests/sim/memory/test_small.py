"""Small worlds: what a scenario is about happens in each, and seeds are dealt out over them."""

from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.small import HOSTERS, SMALL, STORM, SURGE, SeedPlan
from sim.world.hosters import ALL

EACH = 8
"""Seeds of every other scenario in `make soak`: as with the storms, all kinds take part."""


OTHERS = sorted(SMALL.keys() - {STORM})


def test_every_scenario_has_a_small_world_in_which_it_happens():
    """Surges are over, vantages lie and hosters change before the reports end."""
    assert SMALL.keys() == SCENARIOS.keys() - {"burst-full"}
    for name, task in SMALL.items():
        plan = task.size.of(SCENARIOS[name].plan(1, 80))
        until = plan.start_at + task.days * 86_400_000
        assert all(one.begins_ms < task.days * 86_400_000 for one in plan.surges), name
        assert all(max(one.count, one.broken) <= SURGE for one in plan.surges), name
        assert all(bend.from_at < until for bend in SCENARIOS[name].misreading.values()), name
        changes = [one.day for hoster in plan.hosters for one in hoster.changes[:1]]
        assert all(day < task.days for day in changes), name
        assert sum(bool(hoster.weight) for hoster in plan.hosters) <= HOSTERS + 1, name


def test_neighbouring_seeds_share_all_hosters_out():
    """Each hoster takes part once in as many seeds as it takes; one that moves has where to."""
    worlds = [SMALL[STORM].size.of(plan_of(seed)).hosters for seed in range(8, 16)]
    reported = [hoster.id for world in worlds for hoster in world if hoster.weight]
    every = [hoster.id for hoster in ALL if hoster.weight]
    assert set(reported) == set(every)
    assert len(reported) == len(worlds) * HOSTERS
    others = {hoster.id for hoster in ALL if not hoster.weight}
    assert all(others <= {hoster.id for hoster in world} for world in worlds)


def test_whoever_names_move_to_takes_part():
    """With no seed, of no scenario, a name leads to a hoster that the world does not have."""
    for name, task in SMALL.items():
        for seed in range(EACH):
            hosters = task.size.of(SCENARIOS[name].plan(seed, 80)).hosters
            led = {to for one in hosters for to in (one.second, one.through) if to}
            assert led <= {hoster.id for hoster in hosters}, (name, seed)


def plan_of(seed):
    return SCENARIOS[STORM].plan(seed, 80)


def test_seeds_are_dealt_out_over_all_scenarios():
    """Half of them are storms; each scenario gets seeds of its own, one after another."""
    dealt = [SeedPlan().of(seed) for seed in range(2 * len(OTHERS) * 10)]
    played = {name: [seed for task, seed in dealt if task.scenario == name] for name in SMALL}
    assert played[STORM] == list(range(10 * len(OTHERS)))
    assert all(played[name] == list(range(10)) for name in OTHERS)
