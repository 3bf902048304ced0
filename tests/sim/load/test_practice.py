"""Which ledgers made-up reports may go to."""

import pytest

from agents.config import DnsSettings, KafkaSettings, Settings
from agents.errors import UserError
from schemas.records.registry import HosterEntry, HotlineEntry
from sim.load.places import hosters
from sim.load.practice import _loopback, checked, practice, registry


def hoster(*prefixes, id="practice-h9"):
    return HosterEntry(id=id, version=1, valid_from=0, name="x", prefixes=prefixes)


@pytest.mark.parametrize("prefix", ["", "hostwatch.", "load.", "my-practice."])
async def test_a_ledger_without_the_prefix_is_refused_before_the_broker_is_asked(prefix):
    """The default prefix is a real ledger's; there is no broker at this address."""
    kafka = KafkaSettings(bootstrap="127.0.0.1:1", topic_prefix=prefix)
    with pytest.raises(UserError, match="practice ledger only"):
        await practice(Settings(kafka=kafka), None)


def test_a_real_hotline_in_the_registry_is_refused():
    """One hotline that is not for practice makes the ledger a real one."""
    real = HotlineEntry(id="north", version=1, valid_from=0, name="North")
    with pytest.raises(UserError, match="hotline north"):
        checked([*registry(2), real])


@pytest.mark.parametrize("prefix", ["5.79.64.0/24", "198.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"])
def test_a_hoster_on_a_network_of_somebody_is_refused(prefix):
    """Addresses are drawn from hosters' networks, so those must be nobody's."""
    with pytest.raises(UserError, match="practice-h9"):
        checked([*registry(1), hoster("198.18.9.0/24", prefix)])


@pytest.mark.parametrize("prefix", ["198.18.0.0/15", "192.0.2.128/25", "127.40.0.0/16"])
def test_an_operators_own_practice_hosters_are_taken(prefix):
    """A practice registry may be written by hand."""
    entries = [*registry(1)[:2], hoster(prefix)]
    assert checked(entries) == ("practice-1",)
    assert [one.id for one in hosters(entries)] == ["practice-h9"]


def test_hotlines_come_in_their_order():
    """The tenth stands behind the ninth, so `--hotlines 3` takes the first three."""
    assert checked(registry(12))[-2:] == ("practice-11", "practice-12")


def test_hosters_of_a_new_ledger_share_no_address():
    """Networks of two hosters never overlap, or attribution would name one for the other."""
    networks = [net for one in hosters(registry(1)) for net in one.networks]
    assert not any(a.overlaps(b) for n, a in enumerate(networks) for b in networks[:n])


@pytest.mark.parametrize(
    ("servers", "named"),
    [
        ((), False),
        (("127.0.0.1",), True),
        (("127.0.0.1:5300", "::1"), True),
        (("[::1]:5300",), True),
        (("127.0.0.1", "9.9.9.9"), False),
        (("localhost:53",), False),
    ],
)
def test_names_need_name_servers_on_loopback(servers, named):
    """No servers means the system's, which are somebody's."""
    assert _loopback(DnsSettings(servers=servers).servers) is named
