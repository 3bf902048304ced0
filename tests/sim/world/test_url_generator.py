"""URLs of the practice world: what will happen to them follows from hoster, hotline and seed."""

import random
from dataclasses import replace

import pytest

from schemas.moments import DAY_MS, SECOND_MS
from sim.world.behaviour import Behaviour
from sim.world.delays import AT_ONCE, NEVER, only
from sim.world.hosters import ALL, HosterChange, SimHoster
from sim.world.hotline_habits import PLAIN
from sim.world.hotline_records import UNTOLD_AT
from sim.world.url_generator import TERMS_S, IncidentModel, Maker
from sim.world.world import WORLD_START, Plan, Tempo

MAKER = Maker(port=18_080, start_at=WORLD_START)
BY_ID = {hoster.id: hoster for hoster in ALL}
USUAL = PLAIN[0]
INCIDENTS = IncidentModel(shape=1.5, size_max=10, alike=0.9, leaving=0.5)
LEAVING = SimHoster(
    id="leaving",
    number=61,
    behaviour=Behaviour.LEAVES,
    delay_mixture=only(24, 1.2),
    weight=1.0,
    second="shell",
)


def burst(hoster=BY_ID["amber"], habits=USUAL, seed=1, many=6):
    return MAKER.burst(hoster, habits, WORLD_START + 999, random.Random(seed), many)


def test_a_seed_makes_the_same_urls() -> None:
    """And another one others."""
    assert burst(seed=2) == burst(seed=2)
    assert burst(seed=2) != burst(seed=3)


def test_a_burst_is_reported_and_noticed_together() -> None:
    """In whole seconds, the notice after the report."""
    found = burst(seed=4)
    assert 1 <= len(found) <= 6
    (times,) = {(item.reported_at, item.noticed_at) for item in found}
    assert times[0] < times[1]
    assert times[0] % SECOND_MS == 0
    assert len({item.url for item in found}) == len(found)


@pytest.mark.parametrize("id", ["amber", "ebony", "opal"])
def test_a_url_is_at_its_hoster(id: str) -> None:
    """By a site's name, a name of its own, or the address; no address of one behind a proxy."""
    hoster = BY_ID[id]
    for item in (one for seed in range(30) for one in burst(hoster, seed=seed)):
        own = item.host.endswith(f".{id}.example")
        assert own or item.host == hoster.address
        assert own or not (hoster.named or hoster.through)
        assert item.url == f"http://{item.host}:18080{item.path}"


def test_what_a_hotline_tells_nobody_is_removed_by_nobody() -> None:
    """Its notice never comes."""
    told_nobody = replace(USUAL, untold=1.0)
    for item in burst(replace(BY_ID["amber"], delay_mixture=AT_ONCE), told_nobody):
        assert (item.noticed_at, item.removed_at, item.notice_late_ms) == (UNTOLD_AT, None, 0)


def test_a_hoster_that_goes_silent_removes_nothing_more() -> None:
    """Not even what it was told of before."""
    silent = replace(
        BY_ID["amber"], delay_mixture=AT_ONCE, changes=(HosterChange(day=0, delay_mixture=NEVER),)
    )
    assert [item.removed_at for item in burst(silent)] == [None] * len(burst(silent))
    later = replace(silent, changes=(HosterChange(day=400, delay_mixture=NEVER),))
    assert all(item.removed_at for item in burst(later))


def test_orders_and_withdrawals_are_as_often_as_the_hotline_has_them() -> None:
    """Always or never, at the ends."""
    always = replace(USUAL, ordered=1.0, withdrawn=1.0, belated=1.0)
    for item in burst(habits=always):
        assert item.order_s in TERMS_S
        assert item.withdrawn_at is not None
        assert item.noticed_at < item.withdrawn_at < item.noticed_at + 2 * DAY_MS
        assert item.report_late_ms > 0
    for item in burst(habits=replace(USUAL, ordered=0.0, withdrawn=0.0, belated=0.0)):
        assert (item.order_s, item.withdrawn_at, item.report_late_ms) == (None, None, 0)


def test_sizes_are_pareto_and_capped() -> None:
    """Most incidents are one URL, a few have as many as there may be, none has more."""
    chance = random.Random(1)
    sizes = [INCIDENTS.size(chance) for _ in range(4_000)]
    assert (min(sizes), max(sizes)) == (1, 10)
    assert sizes.count(1) / 4_000 == pytest.approx(1 - 2**-1.5, abs=0.03)


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
