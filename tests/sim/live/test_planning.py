"""A live world is a scenario's, cast anew where more or fewer hosters are wanted."""

import pytest

from schemas.records.registry import HosterEntry, HotlineEntry
from sim.live.planning import LIVE, OPENING_MAX, planned, registered
from sim.live.protocol import Setting
from sim.memory.scenarios.catalogue import SCENARIOS


def setting(**said) -> Setting:
    return Setting(**({"seed": 3, "start_wall_ms": 0, "start_world_ms": 0, "speed": 1.0} | said))


def test_what_needs_a_broker_that_does_wrong_is_not_seen_live() -> None:
    """A storm is a matter of the run in memory; the calm one is seen."""
    assert "storm" not in LIVE
    assert "calm" in LIVE
    assert LIVE.keys() < SCENARIOS.keys()


@pytest.mark.parametrize("count", [3, 200])
def test_as_many_hosters_take_part_as_are_wanted(count: int) -> None:
    """The registry knows them; so many that their first reports would be a flood do not open."""
    wanted = setting(hosters=count)
    plan = planned(wanted, 80, 5)
    assert len([one for one in plan.hosters if one.weight]) == count
    assert plan.tempo.opens is (LIVE["calm"].tempo.opens and count <= OPENING_MAX)
    known = {one.id for one in registered(wanted) if isinstance(one, HosterEntry)}
    assert {one.id for one in plan.hosters} <= known


def test_seed_rate_and_beginning_are_the_setting_s() -> None:
    """Else the scenario's own."""
    plan = planned(setting(rate=7.0), 80, 5)
    assert (plan.seed, plan.port, plan.start_at, plan.rate) == (3, 80, 5, 7.0)
    assert planned(setting()).rate == LIVE["calm"].plan(3, 0).rate


@pytest.mark.parametrize(("speed", "delay_s"), [(1.0, 3_600), (3_600.0, 36_000)])
def test_a_machine_that_is_a_second_late_dates_nothing_back(speed: float, delay_s: int) -> None:
    """In quick time a second is an hour, which is all that a feed may take by default.

    The truth knows of the same delay as the registry.
    """
    wanted = setting(speed=speed)
    known = [one for one in registered(wanted) if isinstance(one, HotlineEntry)]
    assert {one.feed_delay_s for one in known} == {delay_s}
    assert {one.feed_delay_ms for one in planned(wanted).hotlines} == {delay_s * 1_000}
