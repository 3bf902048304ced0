"""What the resolver makes of the answers, and of the silence, of a real name server on loopback."""

import asyncio

import dns.rcode
import pytest
from counted import counted
from hypothesis import given
from hypothesis import strategies as st
from nameserver import Name, NameServer, name_server
from resolving import by_hand, resolved

from agents.config import DnsSettings
from agents.edges.dns.query import CHAIN_MAX, DnsAnswer, tries
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.edges.dns.resolver import Resolver, merged
from agents.errors import UserError


async def test_all_addresses_of_both_families() -> None:
    """Every A and AAAA address is found, IPv4 first, then by value."""
    entry = Name(a=("192.0.2.10", "192.0.2.9"), aaaa=("2001:db8::2", "2001:db8::1"), ttl_s=77)
    async with name_server(many=entry) as server:
        found = await resolved(server, "MANY.example.")
    assert found == DnsResolution(
        status=DnsStatus.OK,
        addresses=("192.0.2.9", "192.0.2.10", "2001:db8::1", "2001:db8::2"),
        ttl_s=77,
    )


async def test_what_became_of_names_is_counted() -> None:
    """Once a question to the servers, however often the answer is used."""
    async with name_server(here=Name(a=("192.0.2.1",))) as server:
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,)))
        try:
            for host in ("here.example", "here.example", "gone.example", "a.localhost"):
                await resolver.resolve(host)
            assert counted(resolver.lookups) == {"ok": 1, "nxdomain": 1, "not_asked": 1}
        finally:
            await resolver.close()


async def test_chain_is_followed_and_kept() -> None:
    """The CNAME chain comes in order, and the smallest TTL on the way counts."""
    async with name_server(
        shop=Name(cname="edge.example", ttl_s=600),
        edge=Name(cname="node.example", ttl_s=40),
        node=Name(a=("192.0.2.1",), ttl_s=300),
    ) as server:
        found = await resolved(server, "shop.example")
    assert found.names == ("edge.example", "node.example")
    assert (found.addresses, found.ttl_s) == (("192.0.2.1",), 40)


async def test_an_endless_chain_of_names_ends_without_an_address() -> None:
    """Names that point at each other end as a name without address, not as a loop."""
    async with name_server(x=Name(cname="y.example"), y=Name(cname="x.example")) as server:
        found = await resolved(server, "x.example")
    assert not found.addresses
    assert len(found.names) <= CHAIN_MAX


async def test_records_of_other_names_do_not_count() -> None:
    """An address that a server puts beside the answer is not one of the name's."""
    entry = Name(a=("192.0.2.1",), beside=(("victim.example", "192.0.2.66"),))
    async with name_server(x=entry) as server:
        found = await resolved(server, "x.example")
    assert found.addresses == ("192.0.2.1",)


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (Name(), DnsStatus.NODATA),
        (Name(rcode=dns.rcode.SERVFAIL), DnsStatus.SERVFAIL),
        (Name(a=("192.0.2.1",), bogus=True), DnsStatus.BOGUS),
        (Name(rcode=dns.rcode.REFUSED), DnsStatus.REFUSED),
        (Name(rcode=dns.rcode.NXDOMAIN), DnsStatus.NXDOMAIN),
        (Name(rcode_aaaa=dns.rcode.NXDOMAIN), DnsStatus.NODATA),
        (Name(rcode=dns.rcode.NXDOMAIN, rcode_aaaa=dns.rcode.SERVFAIL), DnsStatus.SERVFAIL),
        (Name(a=("192.0.2.1",), rcode_aaaa=dns.rcode.NXDOMAIN), DnsStatus.OK),
        (Name(a=("192.0.2.1",), rcode_aaaa=dns.rcode.SERVFAIL), DnsStatus.OK),
    ],
)
async def test_what_the_server_says_is_told_apart(entry: Name, status: DnsStatus) -> None:
    """Only NXDOMAIN for both families is nxdomain; failure of one family is no absence."""
    async with name_server(x=entry) as server:
        assert (await resolved(server, "x.example")).status is status


async def test_silence_ends_at_the_deadline() -> None:
    """A server that never answers is a timeout, told apart from every answer."""
    async with name_server(x=Name(silent=True)) as server:
        async with asyncio.timeout(10):
            found = await resolved(server, "x.example", timeout_s=0.4)
    assert found.status is DnsStatus.TIMEOUT
    assert not found.status.answered


async def test_the_whole_deadline_is_waited_for_an_answer_of_a_server_that_was_fast() -> None:
    """However fast it was with others before: a name of slow servers is not given up early."""
    others = [f"n{n}.example" for n in range(20)]
    async with name_server(x=Name(a=("192.0.2.1",))) as server, asyncio.timeout(60):
        server.names.update(dict.fromkeys(others, Name(a=("192.0.2.2",))))
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        for name in others:
            await resolver.resolve(name)
        server.gate.clear()
        late = asyncio.create_task(resolver.resolve("x.example"))
        await server.insisted("x.example", 4)
        server.gate.set()
        assert (await late).addresses == ("192.0.2.1",)
        await resolver.close()


@given(st.floats(0.01, 30.0))
def test_tries_fill_the_deadline_at_their_shortest(timeout_s: float) -> None:
    """A quarter of a second, then double each time up to 5 s and by chance half of it."""
    shortest = [0.25, *(min(0.25 * 2**n, 5.0) / 2 for n in range(1, 20))]
    needed = tries(timeout_s)
    assert sum(shortest[:needed]) >= timeout_s
    assert needed == 1 or sum(shortest[: needed - 1]) < timeout_s


async def test_a_server_that_fails_is_not_asked_again_at_once() -> None:
    """Alone it is asked once for each type, and twice for the reason; others stand in for it."""
    failing = Name(rcode=dns.rcode.SERVFAIL)
    async with name_server(x=failing) as server, name_server(x=Name(a=("192.0.2.1",))) as other:
        assert (await resolved(server, "x.example")).status is DnsStatus.SERVFAIL
        assert (server.count("x.example"), server.count("x.example", "AAAA")) == (3, 1)
        assert (await of_two(server, other, "x.example")).addresses == ("192.0.2.1",)
        other.names["x.example"] = failing
        before = len(server.asked) + len(other.asked)
        assert (await of_two(server, other, "x.example")).status is DnsStatus.SERVFAIL
        # of each type: the first server once, then each once; and twice for the reason
        assert len(server.asked) + len(other.asked) - before == 2 * 3 + 2
        other.names["x.example"] = Name(silent=True)
        assert (await of_two(server, other, "x.example", 1.0)).status is DnsStatus.SERVFAIL


async def of_two(
    server: NameServer, other: NameServer, host: str, timeout_s: float = 5.0
) -> DnsResolution:
    """Resolve one name with a resolver that has two servers."""
    servers = (server.address, other.address)
    resolver = Resolver(by_hand(), DnsSettings(servers=servers, timeout_s=timeout_s))
    try:
        return await resolver.resolve(host)
    finally:
        await resolver.close()


async def test_nobody_at_the_port_is_silence() -> None:
    """A closed port is a timeout."""
    async with name_server() as server:
        gone = server.address
    resolver = Resolver(by_hand(), DnsSettings(servers=(gone,), timeout_s=0.4))
    found = await resolver.resolve("x.example")
    await resolver.close()
    assert found.status is DnsStatus.TIMEOUT


@pytest.mark.parametrize(
    "host",
    [
        *("a..example", "x" * 64 + ".example", "a." * 140 + "example", "", ".", "[::1]", "a b"),
        *(
            "\u017fhost.1",
            "\u0131.example",
            "\u212a.1",
            "\xe9.example",
            "\ud800.example",
            "a\x00.b",
        ),
        *("a.\u3002b", "a\\.b", "a\\999.b", "\uff11.\uff12", "x" * 70_000),
    ],
)
async def test_what_cannot_be_asked_is_a_status(host: str) -> None:
    """A name that no server can be asked for is unresolved, not nonexistent, and raises nothing."""
    async with name_server() as server:
        assert (await resolved(server, host)).status is DnsStatus.NOT_ASKED
        assert server.asked == []


@pytest.mark.parametrize(
    "server", ["ns.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "[::1]:x", ":53", ""]
)
def test_a_server_that_is_no_address_is_refused(server: str) -> None:
    """A mistake in dns.servers stops the start with one line that does not repeat the value."""
    with pytest.raises(UserError) as raised:
        Resolver(by_hand(), DnsSettings(servers=(server,)))
    assert "dns.servers" in str(raised.value)


@pytest.mark.parametrize(
    ("server", "checked"),
    [
        ("192.0.2.1", "192.0.2.1:53"),
        ("192.0.2.1:5353", "192.0.2.1:5353"),
        ("2001:db8::1", "[2001:db8::1]:53"),
        ("[2001:db8::1]", "[2001:db8::1]:53"),
        ("[2001:db8::1]:5353", "[2001:db8::1]:5353"),
    ],
)
def test_servers_with_and_without_port(server: str, checked: str) -> None:
    """Both families are taken, with and without a port."""
    assert Resolver(by_hand(), DnsSettings(servers=(server,)))._wire._servers == (checked,)


STATUSES = st.sampled_from([one for one in DnsStatus if one is not DnsStatus.OK])


@given(STATUSES, STATUSES)
def test_nothing_but_two_denials_is_a_denial(first: DnsStatus, second: DnsStatus) -> None:
    """The order of the families does not matter, and one family alone never makes nxdomain."""
    v4, v6 = DnsAnswer(status=first), DnsAnswer(status=second)
    found = merged(v4, v6)
    assert found == merged(v6, v4)
    assert (found.status is DnsStatus.NXDOMAIN) == (first is second is DnsStatus.NXDOMAIN)
    assert found.status.answered == (first.answered and second.answered)
