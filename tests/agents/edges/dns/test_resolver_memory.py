"""What the resolver remembers of a real name server on loopback, and how much it asks at once."""

import asyncio

import dns.rcode
import pytest
from counted import counted
from nameserver import Name, name_server
from resolving import by_hand, pass_s

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.edges.dns.resolver import (
    ENTRIES_MAX,
    IN_FLIGHT_MAX,
    KEPT_FREE,
    TTL_MAX_S,
    TTL_MIN_S,
    UNRESOLVED_S,
    Resolver,
)


@pytest.mark.parametrize(("ttl_s", "kept_s"), [(0, TTL_MIN_S), (120, 120), (7 * 86_400, TTL_MAX_S)])
async def test_ttl_counts_in_world_time(ttl_s: int, kept_s: int) -> None:
    """A name is asked again when its TTL, within bounds, has passed on the world's clock."""
    clock = by_hand()
    async with name_server(x=Name(a=("192.0.2.1",), ttl_s=ttl_s)) as server:
        resolver = Resolver(clock, DnsSettings(servers=(server.address,)))
        await resolver.resolve("x.example")
        pass_s(clock, kept_s - 1)
        server.names["x.example"] = Name(a=("192.0.2.2",))
        assert (await resolver.resolve("x.example")).addresses == ("192.0.2.1",)
        pass_s(clock, 1)
        assert (await resolver.resolve("x.example")).addresses == ("192.0.2.2",)
        assert server.count("x.example") == 2
        await resolver.close()


async def test_world_time_of_a_fast_clock() -> None:
    """Where the world runs fast, a TTL of an hour is soon over on the real clock."""
    clock = Clock(start_wall_ms=0, start_world_ms=0, speed=100_000_000.0)
    async with name_server(x=Name(a=("192.0.2.1",), ttl_s=3_600)) as server:
        resolver = Resolver(clock, DnsSettings(servers=(server.address,)))
        async with asyncio.timeout(10):
            while server.count("x.example") < 3:
                await resolver.resolve("x.example")
        assert server.count("x.example") == 3
        await resolver.close()


@pytest.mark.parametrize(
    "entry", [None, Name(), Name(rcode=dns.rcode.SERVFAIL)], ids=["nxdomain", "nodata", "servfail"]
)
async def test_unresolved_names_are_remembered_shortly(entry: Name | None) -> None:
    """A name without addresses is asked again after half a minute, and not before."""
    clock = by_hand()
    async with name_server() as server:
        if entry is not None:
            server.names["x.example"] = entry
        resolver = Resolver(clock, DnsSettings(servers=(server.address,)))
        first = await resolver.resolve("x.example")
        asked = server.count("x.example")
        assert await resolver.resolve("x.example") == first
        assert server.count("x.example") == asked
        pass_s(clock, UNRESOLVED_S)
        server.names["x.example"] = Name(a=("192.0.2.1",))
        assert (await resolver.resolve("x.example")).status is DnsStatus.OK
        await resolver.close()


async def test_fresh_goes_around_what_is_remembered() -> None:
    """`fresh` asks the server each time, and what it hears is remembered for the others."""
    async with name_server(x=Name(a=("192.0.2.1",), ttl_s=3_600)) as server:
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,)))
        await resolver.resolve("x.example")
        for last in range(2, 9):
            server.names["x.example"] = Name(a=(f"192.0.2.{last}",), ttl_s=3_600)
            found = await resolver.resolve("x.example", fresh=True)
            assert found.addresses == (f"192.0.2.{last}",)
        assert (await resolver.resolve("x.example")).addresses == ("192.0.2.8",)
        assert server.count("x.example") == 8
        assert len(resolver._wire._channels) == 1
        await resolver.close()


async def test_a_fresh_question_ends_no_other() -> None:
    """A name under way is answered although another has been asked anew meanwhile."""
    async with name_server(x=Name(a=("192.0.2.1",)), y=Name(a=("192.0.2.2",))) as server:
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        await resolver.resolve("y.example")
        server.gate.clear()
        under_way = asyncio.create_task(resolver.resolve("x.example"))
        await server.holds(2)
        fresh = asyncio.create_task(resolver.resolve("y.example", fresh=True))
        await server.holds(4)
        server.gate.set()
        assert (await under_way).addresses == ("192.0.2.1",)
        assert (await fresh).addresses == ("192.0.2.2",)
        assert len(resolver._wire._channels) == 1
        await resolver.close()


async def test_one_flight_for_a_name() -> None:
    """A hundred callers of one name put one question, and a cancelled one spoils nothing."""
    async with name_server(x=Name(a=("192.0.2.1",))) as server:
        server.gate.clear()
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,)))
        callers = [asyncio.create_task(resolver.resolve("x.example")) for _ in range(100)]
        await server.holds(1)
        callers[0].cancel()
        server.gate.set()
        answers = await asyncio.gather(*callers, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert {one.addresses for one in answers[1:]} == {("192.0.2.1",)}
        assert server.count("x.example") == 1
        await resolver.close()


async def test_names_in_flight_are_bounded() -> None:
    """No more names than the bound are asked at once, and all are answered in the end.

    Some of the places are kept for names that are asked soon, however many others came before.
    """
    others = [f"n{n}.example" for n in range(IN_FLIGHT_MAX + 50)]
    waited_for = [f"s{n}.example" for n in range(KEPT_FREE + 4)]
    async with name_server() as server:
        server.names.update(dict.fromkeys((*others, *waited_for), Name(a=("192.0.2.1",))))
        server.gate.clear()
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        callers = [asyncio.create_task(resolver.resolve(name)) for name in others]
        await server.heard(2 * (IN_FLIGHT_MAX - KEPT_FREE))
        callers += [asyncio.create_task(resolver.resolve(name, soon=True)) for name in waited_for]
        await server.heard(2 * IN_FLIGHT_MAX)
        asked = {name for name, _, _ in server.asked}
        assert len(asked) == IN_FLIGHT_MAX
        assert asked >= {*waited_for[:KEPT_FREE]}
        server.gate.set()
        answers = await asyncio.gather(*callers)
        assert {one.status for one in answers} == {DnsStatus.OK}
        await resolver.close()


async def test_a_name_that_is_asked_soon_is_not_asked_once_more() -> None:
    """Who waits for it behind many others has the answer that came meanwhile."""
    others = [f"n{n}.example" for n in range(IN_FLIGHT_MAX)]
    async with name_server(x=Name(a=("192.0.2.1",))) as server:
        server.names.update(dict.fromkeys(others, Name(a=("192.0.2.2",))))
        server.gate.clear()
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        before = [asyncio.create_task(resolver.resolve(name)) for name in others]
        behind = asyncio.create_task(resolver.resolve("x.example"))
        await server.heard(2 * (IN_FLIGHT_MAX - KEPT_FREE))
        assert server.count("x.example") == 0
        soon = asyncio.create_task(resolver.resolve("x.example", soon=True))
        with_it = asyncio.create_task(resolver.resolve("x.example"))
        await server.heard(2 * (IN_FLIGHT_MAX - KEPT_FREE) + 2)
        server.gate.set()
        answers = await asyncio.gather(soon, behind, with_it)
        assert all(one is answers[0] for one in answers)
        assert len({one for one in server.asked if one[:2] == ("x.example", "A")}) == 1
        assert sum(counted(resolver.lookups).values()) <= IN_FLIGHT_MAX + 1
        await asyncio.gather(*before)
        await resolver.close()


async def test_the_resolver_forgets_the_name_unused_for_longest() -> None:
    """The name that was not used for longest makes room."""
    resolver = Resolver(by_hand(), DnsSettings())
    answer = DnsResolution(status=DnsStatus.OK, addresses=("192.0.2.1",))
    for n in range(ENTRIES_MAX + 1):
        resolver._remember(f"n{n}.example", answer)
    assert resolver._recall("n0.example") is None
    assert resolver._recall("n1.example") == answer
    await resolver.close()


async def test_close_ends_what_is_under_way() -> None:
    """Closing leaves no question, no task and no channel behind."""
    async with name_server(x=Name(a=("192.0.2.1",))) as server:
        server.gate.clear()
        resolver = Resolver(by_hand(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        caller = asyncio.create_task(resolver.resolve("x.example"))
        await server.holds(1)
        await resolver.close()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert not resolver._flights
        assert not resolver._wire._channels
        server.gate.set()
