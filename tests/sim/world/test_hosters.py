"""The hosters of the practice world can be taken for nobody, and each stands by itself."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

from schemas.records.registry import HosterEntry, HotlineEntry
from sim.world.delays import NEVER
from sim.world.hosters import (
    ALL,
    ASN_FIRST_LONG,
    ASN_LAST,
    CANARY_ADDRESS,
    HOTLINES,
    NUMBER_MAX,
    REPORTED,
    HosterChange,
    registry,
)

LAST = replace(ALL[0], number=NUMBER_MAX)


def test_all_stand_on_loopback_under_names_of_nobody() -> None:
    """RFC 2606 and RFC 6996; the last number too."""
    for hoster in (*ALL, LAST):
        assert ip_address(hoster.address) in ip_network("127.0.0.0/8")
        assert all(name.endswith(f".{hoster.id}.example") for name in hoster.hosts)
        assert 64_512 <= hoster.asn <= ASN_LAST or hoster.asn >= ASN_FIRST_LONG


def test_no_two_share_a_name_a_network_or_a_number() -> None:
    """Nor the canary's."""
    for of in ("id", "number", "network", "asn"):
        assert len({getattr(hoster, of) for hoster in ALL}) == len(ALL)
    assert not any(CANARY_ADDRESS.startswith(f"{hoster.network}.") for hoster in ALL)


def test_whoever_is_led_to_is_there() -> None:
    """Second hosters and proxies take part, and have no reports of their own."""
    ids = {hoster.id: hoster for hoster in ALL}
    led = {to for hoster in ALL for to in (hoster.second, hoster.through) if to}
    assert led <= ids.keys()
    assert not led & {hoster.id for hoster in REPORTED}


def test_a_change_holds_from_its_day_on() -> None:
    """Law and weight each by itself; the law of nothing is silence."""
    changes = (HosterChange(day=3, weight=0.5), HosterChange(day=7, delay_mixture=NEVER))
    hoster = replace(ALL[0], changes=changes)
    assert [hoster.weight_on(day) for day in (2, 3, 9)] == [ALL[0].weight, 0.5, 0.5]
    assert hoster.delay_mixture_on(6) == ALL[0].delay_mixture
    assert hoster.delay_mixture_on(7) == NEVER
    assert (ALL[0].silent_from, hoster.silent_from) == (None, 7)


def test_the_registry_knows_everybody_from_the_beginning() -> None:
    """Each hoster with its network and a mailbox, each hotline with its feed's delay."""
    entries = registry(feed_delays_s={HOTLINES[0]: 129_600})
    hosters = [one for one in entries if isinstance(one, HosterEntry)]
    assert {one.id for one in hosters} == {hoster.id for hoster in ALL}
    assert all(one.valid_from == 0 and one.prefixes and one.contacts for one in hosters)
    delays = [one.feed_delay_s for one in entries if isinstance(one, HotlineEntry)]
    assert delays == [129_600, 3_600, 3_600]
