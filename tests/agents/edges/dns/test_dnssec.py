"""A name is bogus where the same server answers for it once nobody checks signatures."""

import asyncio

import dns.rcode
import pytest
from nameserver import Name, name_server

from agents.config import DnsSettings
from agents.edges.dns.dnssec import SERVERS_MAX, is_bogus

ADDRESS = ("192.0.2.1",)
SIGNED_WRONGLY = Name(a=ADDRESS, bogus=True)
HASTY_S = 0.4


def asking(*servers: str, timeout_s: float = 5.0) -> DnsSettings:
    """Return settings with these servers."""
    return DnsSettings(servers=servers, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("entry", "bogus"),
    [
        (SIGNED_WRONGLY, True),
        (Name(a=ADDRESS), False),
        (Name(rcode=dns.rcode.SERVFAIL), False),
        (Name(rcode=dns.rcode.REFUSED), False),
        (Name(rcode=dns.rcode.NXDOMAIN), False),
    ],
)
async def test_only_signatures_that_do_not_hold_are_bogus(entry: Name, bogus: bool) -> None:
    """A server that fails, refuses or denies says the same with checking and without."""
    async with name_server(x=entry) as server:
        assert await is_bogus("x.example", asking(server.address)) is bogus
        assert server.count("x.example") == 2


async def test_the_first_server_that_answers_decides() -> None:
    """A silent one is passed over, and one that answers is not doubted by asking the next."""
    async with (
        name_server(x=Name(silent=True)) as silent,
        name_server(x=SIGNED_WRONGLY) as checking,
        name_server(x=Name(a=ADDRESS)) as other,
    ):
        passed_over = asking(silent.address, checking.address, timeout_s=2.0)
        assert await is_bogus("x.example", passed_over)
        assert await is_bogus("x.example", asking(checking.address, other.address))
        assert other.asked == []


async def test_silence_is_not_bogus_and_ends_within_the_deadline_of_a_resolution() -> None:
    """No server beyond the first two is asked, however many are named."""
    async with (
        name_server(x=Name(silent=True)) as first,
        name_server(x=Name(silent=True)) as second,
        name_server(x=SIGNED_WRONGLY) as third,
        asyncio.timeout(10),
    ):
        servers = (first.address, second.address, third.address)
        assert not await is_bogus("x.example", asking(*servers, timeout_s=HASTY_S))
        assert [bool(one.asked) for one in (first, second, third)] == [True] * SERVERS_MAX + [False]


async def test_nobody_at_the_port_and_a_name_that_cannot_be_asked_are_not_bogus() -> None:
    """Neither raises: what cannot be found out is no finding."""
    async with name_server(x=SIGNED_WRONGLY) as server:
        gone = server.address
        assert not await is_bogus("a..example", asking(gone))
        assert server.asked == []
    assert not await is_bogus("x.example", asking(gone, timeout_s=HASTY_S))
