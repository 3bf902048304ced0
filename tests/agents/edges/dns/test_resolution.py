"""What every resolver keeps: the live one, the recorded one and none at all."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from nameserver import Name, name_server

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.recorded import NullResolver, Recorded
from agents.edges.dns.resolution import DnsStatus, NameResolver
from agents.edges.dns.resolver import Resolver

World = Callable[[Path], AbstractAsyncContextManager[NameResolver]]


@asynccontextmanager
async def live(_: Path) -> AsyncIterator[NameResolver]:
    """A resolver that asks a name server."""
    known = Name(a=("192.0.2.2", "192.0.2.1"), aaaa=("2001:db8::1",))
    async with name_server(known=known) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        yield resolver
        await resolver.close()


@asynccontextmanager
async def recorded(folder: Path) -> AsyncIterator[NameResolver]:
    """A resolver that reads the same answers from a file."""
    file = folder / "dns.json"
    known = {"status": "ok", "ips": ["2001:db8::1", "192.0.2.2", "192.0.2.1"]}
    rows = {"known.example": known, "gone.example": {"status": "nxdomain", "ips": None}}
    file.write_text(json.dumps({"domains": rows}))
    yield Recorded.load(file)


@asynccontextmanager
async def nothing(_: Path) -> AsyncIterator[NameResolver]:
    """No resolver."""
    yield NullResolver()


@pytest.mark.parametrize("world", [live, recorded])
async def test_each_resolver_gives_the_same_answers(world: World, tmp_path: Path) -> None:
    """A known name has its addresses in one order, a name that does not exist is nxdomain."""
    async with world(tmp_path) as names:
        known = await names.resolve("Known.Example.")
        gone = await names.resolve("gone.example")
    assert known.addresses == ("192.0.2.1", "192.0.2.2", "2001:db8::1")
    assert known.status is DnsStatus.OK
    assert gone.status is DnsStatus.NXDOMAIN


@pytest.mark.parametrize("world", [live, recorded, nothing])
async def test_laws_of_a_resolution(world: World, tmp_path: Path) -> None:
    """`ok` and addresses go together; asking twice or afresh gives the same; nothing shows."""
    async with world(tmp_path) as names:
        for host in ("known.example", "gone.example", "other.example"):
            found = await names.resolve(host)
            assert (found.status is DnsStatus.OK) == bool(found.addresses)
            assert await names.resolve(host) == found
            assert await names.resolve(host, fresh=True) == found
            assert "192.0.2" not in repr(found)


async def test_without_a_resolver_nothing_is_known(tmp_path: Path) -> None:
    """A replay without recorded answers leaves every name unanswered, never nonexistent."""
    async with nothing(tmp_path) as names:
        found = await names.resolve("known.example")
    assert not found.status.answered


async def test_only_the_live_one_waits(tmp_path: Path) -> None:
    """Who never yields may be handed whole lists."""
    for world, waits in ((live, True), (recorded, False), (nothing, False)):
        async with world(tmp_path) as names:
            assert names.waits is waits
