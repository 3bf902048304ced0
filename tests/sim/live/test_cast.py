"""Who takes part in a live world: fewer hosters, the scenario's, or many more."""

from ipaddress import ip_address, ip_network

import pytest

from agents.config import ProbeSettings
from schemas.records.registry import HosterEntry, InclusionEntry
from sim.live.cast import MOST, cast, entries, networks
from sim.live.planning import LIVE, OPENING_MAX, planned, registered
from sim.live.protocol import Setting
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL, CANARY_ADDRESS, NUMBER_MAX, REPORTED, registry
from streams.registry.hoster_index import HosterIndex
from streams.registry.snapshot import RegistryHistory


def setting(**wishes):
    """A world of a name and a size."""
    return Setting(seed=1, start_wall_ms=0, start_world_ms=0, speed=1.0, **wishes)


def test_few_hosters_are_of_as_many_kinds_as_there_is_room_for():
    """Nobody meets the second of a kind before the first of all others."""
    kinds = {hoster.behaviour for hoster in REPORTED}
    assert len({hoster.behaviour for hoster in cast(ALL, len(kinds)) if hoster.weight}) == len(
        kinds
    )
    assert len([hoster for hoster in cast(ALL, 5) if hoster.weight]) == 5
    assert cast(ALL, None) == ALL


@pytest.mark.parametrize("number", [5, len(REPORTED), len(REPORTED) + 1, 3_000])
def test_every_hoster_has_an_id_an_address_and_a_place_for_its_names_to_move_to(number):
    """However many there are, none is another, and the monitor may connect to all of them."""
    hosters = cast(ALL, number)
    assert sum(hoster.weight > 0 for hoster in hosters) == number
    assert (
        len({hoster.id for hoster in hosters}) == len({h.address for h in hosters}) == len(hosters)
    )
    led_to = {id for hoster in hosters for id in (hoster.second, hoster.through)}
    assert led_to - {""} <= {hoster.id for hoster in hosters}
    allowed = [ip_network(text) for text in networks(hosters)]
    for address in (CANARY_ADDRESS, *(hoster.address for hoster in hosters)):
        assert any(ip_address(address) in network for network in allowed)
    assert not any(ip_address("127.0.0.1") in network for network in allowed)
    assert ProbeSettings(allow_networks=networks(hosters))


def test_whose_names_move_to_a_sister_moves_within_one_owner_in_every_copy():
    """A copy of a hoster that moves inside moves inside, and one that leaves leaves."""
    hosters = {hoster.id: hoster for hoster in cast(ALL, 300)}
    moving = [hoster for hoster in hosters.values() if hoster.second]
    assert len(moving) > 10
    for hoster in moving:
        owners = {one.group or one.id for one in (hoster, hosters[hoster.second])}
        assert (len(owners) == 1) is (hoster.behaviour is Behaviour.MOVES_INSIDE)


def test_the_most_there_may_be_have_room_on_loopback():
    """The last of the networks is within 127.0.0.0/8, and its AS number is a private one."""
    hosters = cast(ALL, MOST)
    assert max(hoster.number for hoster in hosters) <= NUMBER_MAX
    assert all(ip_address(hoster.address).is_loopback for hoster in hosters)
    assert all(
        64_512 <= h.asn <= 65_534 or 4_200_000_000 <= h.asn <= 4_294_967_294 for h in hosters
    )


def test_the_registry_of_a_cast_finds_each_of_them():
    """An address leads to its hoster, of the scenario or added, and nothing is said of others."""
    inclusion = InclusionEntry(id="birch", version=1, valid_from=0, probability=0.5, seed="s")
    many = entries([*registry(ALL), inclusion], cast(ALL, 300))
    index = HosterIndex(RegistryHistory(many).at(0).hosters)
    for hoster in cast(ALL, 300):
        found = index.by_prefix(ip_address(hoster.address))
        assert found is not None
        assert found.id == hoster.id
    few = entries([*registry(ALL), inclusion], cast(ALL, 3))
    about = {e.id for e in few if isinstance(e, HosterEntry | InclusionEntry)}
    assert about == {hoster.id for hoster in cast(ALL, 3)}


@pytest.mark.parametrize("name", LIVE)
def test_every_live_scenario_has_a_plan_and_a_registry_of_the_same_hosters(name):
    """Servers, hotlines and oracle make the same world of the same few words."""
    plan = planned(setting(scenario=name), 18_080)
    assert plan.day(0) == planned(setting(scenario=name), 18_080).day(0)
    known = {e.id for e in registered(setting(scenario=name)) if isinstance(e, HosterEntry)}
    assert known == {hoster.id for hoster in plan.hosters}


def test_rate_and_number_change_the_plan_and_nothing_else_does():
    """So many URLs a day, and no first round of more hosters than could be probed."""
    plan = planned(setting(hosters=OPENING_MAX * 2, rate=500.0), 18_080)
    assert 400 < len(plan.day(0).material) < 600
    assert not plan.tempo.opens
    assert planned(setting()).tempo == LIVE["calm"].plan(1, 0).tempo
    assert all(h.behaviour in Behaviour for h in plan.hosters)
