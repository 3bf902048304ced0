"""Made-up material lies where nobody is, even if a prober is let loose on it."""

import random
from collections import Counter
from ipaddress import IPv4Network, ip_address
from urllib.parse import urlsplit

from schemas.records.registry import HosterEntry
from sim.load.places import NOBODYS, Places, foreign, hosters

OURS, THEIRS = "198.18.7.0/24", "8.8.8.0/24"


def entry(id: str, *prefixes: str) -> HosterEntry:
    return HosterEntry(id=id, version=1, valid_from=0, name=id, prefixes=prefixes)


def test_a_network_that_may_be_somebody_s_is_foreign() -> None:
    """One such network makes the hoster so; an IPv6 network is never one of nobody's."""
    assert not foreign(entry("a", OURS))
    assert foreign(entry("a", OURS, THEIRS))
    assert foreign(entry("a", "2001:db8::/32"))


def test_reports_are_about_networks_of_nobody() -> None:
    """A hoster without one is passed over; the others come by their ids."""
    found = hosters([entry("z", OURS), entry("b", THEIRS), entry("a", OURS, THEIRS)])
    assert [one.id for one in found] == ["a", "z"]
    assert found[0].networks == (IPv4Network(OURS),)


def test_every_host_is_in_its_hoster_s_networks_or_under_its_name() -> None:
    """By thousands of draws."""
    known = hosters([entry("a", OURS), entry("z", "127.99.0.0/16")])
    places = Places(random.Random(1), known, named=True)
    kinds: Counter[bool] = Counter()
    for _ in range(3_000):
        hoster = places.hoster()
        host = urlsplit(places.host(hoster)).hostname or ""
        literal = host[0].isdigit() and not host.endswith(".example")
        kinds[literal] += 1
        if literal:
            address = ip_address(host)
            assert any(address in network for network in hoster.networks)
            assert any(address in network for network in NOBODYS)
        else:
            assert host.endswith(f".{hoster.id}.example")
    assert min(kinds.values()) > 300


def test_without_names_all_hosts_are_addresses() -> None:
    """For a broker whose prober asks no name server."""
    (only,) = hosters([entry("a", OURS)])
    places = Places(random.Random(1), [only], named=False)
    for _ in range(200):
        assert ip_address(urlsplit(places.host(only)).hostname or "")


def test_the_first_hoster_has_the_most() -> None:
    """As hosters are concentrated."""
    known = hosters([entry(id, OURS) for id in "abcd"])
    places = Places(random.Random(1), known, named=True)
    drawn = Counter(places.hoster().id for _ in range(2_000))
    assert drawn["a"] > drawn["b"] > drawn["d"]
