"""Incidents: URLs of one site, alike in their removal, that leave together."""

import random
from math import log
from statistics import correlation, mean

import pytest

from schemas.moments import HOUR_MS
from sim.world.behaviour import Behaviour
from sim.world.delays import NEVER, DelayMixture, only
from sim.world.hosters import ALL, SimHoster
from sim.world.hotline_habits import PLAIN
from sim.world.url_generator import Incidents, Maker
from sim.world.world import WORLD_START, Plan, Tempo

INCIDENTS = Incidents(shape=1.5, size_max=10, alike=0.9, leaving=0.5)
MIXTURE = only(24, 1.2)
LEAVING = SimHoster(
    id="leaving",
    number=61,
    behaviour=Behaviour.LEAVES,
    delay_mixture=MIXTURE,
    weight=1.0,
    second="shell",
)


def test_sizes_are_pareto_and_capped() -> None:
    """Most incidents are one URL, a few have as many as there may be, none has more."""
    chance = random.Random(1)
    sizes = [INCIDENTS.size(chance) for _ in range(4_000)]
    assert (min(sizes), max(sizes)) == (1, 10)
    assert sizes.count(1) / 4_000 == pytest.approx(1 - 2**-1.5, abs=0.03)


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.9])
def test_removals_of_an_incident_are_alike(alike: float) -> None:
    """Logarithms of two removal times correlate by as much; the law of each stays the hoster's."""
    chance = random.Random(2)
    pairs = [MIXTURE.draw_alike(2, alike, chance) for _ in range(3_000)]
    first, second = ([log((pair[i] or 0) / HOUR_MS) for pair in pairs] for i in (0, 1))
    assert correlation(first, second) == pytest.approx(alike, abs=0.05)
    assert mean(first) == pytest.approx(log(24), abs=0.08)


@pytest.mark.parametrize("mixture", [NEVER, DelayMixture()])
def test_who_removes_nothing_removes_nothing_of_an_incident(mixture: DelayMixture) -> None:
    """None of its URLs has a time."""
    assert mixture.draw_alike(3, 0.9, random.Random(3)) == [None] * 3


def test_a_site_leaves_with_all_of_its_urls() -> None:
    """One host and one instant; what was removed before has not left."""
    maker, chance = Maker(port=80, start_at=WORLD_START, incidents=INCIDENTS), random.Random(4)
    bursts = [maker.burst(LEAVING, PLAIN[0], WORLD_START, chance, 1) for _ in range(400)]
    assert all(len({(one.host, one.moved_at) for one in burst}) == 1 for burst in bursts)
    moved = [one for burst in bursts for one in burst if one.moved_at is not None]
    assert len(moved) / sum(map(len, bursts)) == pytest.approx(0.5, abs=0.1)
    for one in moved:
        removed_first = one.removed_at is not None and one.removed_at <= (one.moved_at or 0)
        assert one.left_at == (None if removed_first else one.moved_at)


def test_what_a_plan_reports_together_is_one_site_s() -> None:
    """Where a plan has incidents; without them the URLs of a burst have sites of their own."""
    tempo = Tempo(busy_days=1, busy=5, opens=False)
    for incidents, alone in ((None, True), (INCIDENTS, False)):
        day = Plan(seed=1, port=80, hosters=ALL, tempo=tempo, incidents=incidents).day(0)
        sites = {(one.host, one.reported_at) for one in day.material}
        bursts = {(one.hoster, one.reported_at) for one in day.material}
        assert (len(sites) > len(bursts)) == alone
