"""A query for a name on the wire: what comes over TCP, what is bounded, what is never asked."""

from ipaddress import IPv4Address

import pytest
from nameserver import Name, name_server
from resolving import resolved

from agents.edges.dns.query import Wire
from agents.edges.dns.resolution import DnsStatus
from agents.edges.dns.resolver import ADDRESSES_MAX


async def test_more_than_fit_into_udp_come_over_tcp() -> None:
    """An answer that is cut off is asked again over TCP and arrives whole."""
    addresses = tuple(str(IPv4Address("198.51.100.0") + n) for n in range(200))
    async with name_server(big=Name(a=addresses)) as server:
        found = await resolved(server, "big.example")
        assert ("big.example", "A", "tcp") in server.asked
    assert found.addresses == addresses


async def test_a_thousand_records_are_bounded() -> None:
    """Of more addresses than the bound the lowest are kept, whatever the order of the answer."""
    addresses = [str(IPv4Address("198.18.0.0") + n) for n in range(ADDRESSES_MAX + 300)]
    async with name_server(huge=Name(a=tuple(reversed(addresses)))) as server:
        found = await resolved(server, "huge.example")
    assert list(found.addresses) == addresses[:ADDRESSES_MAX]


@pytest.mark.parametrize("host", ["x.onion", "localhost", "a.local", "ONION."])
async def test_names_outside_the_dns_are_not_asked_for(host: str) -> None:
    """A name that DNS does not hold is left unresolved, never nxdomain, and nobody hears of it."""
    async with name_server() as server:
        found = await resolved(server, host)
        assert found.status is DnsStatus.NOT_ASKED
        assert server.asked == []


@pytest.mark.parametrize("host", ["\u017fhost.1", "\ud800.example", "a.\u3002b", "a..b"])
async def test_the_wire_itself_raises_for_no_name(host: str) -> None:
    """Even unchecked, a name that a library cannot write ends in a status of both questions."""
    async with name_server() as server:
        wire = Wire([server.address], 5.0)
        try:
            answers = await wire.ask(host)
        finally:
            await wire.close()
        assert {answer.status for answer in answers} == {DnsStatus.NOT_ASKED}
