"""Names that lead elsewhere by the time that a probe has its turn, from a real name server."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from nameserver import Name, NameServer, name_server
from probe_bench import OLD, OTHER, OWN, Bench, bench_of, other_hoster_prefix, received
from quick_clock import Leaping, quick
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolver import TTL_MAX_S, TTL_MIN_S, Resolver
from agents.edges.metrics.probe_metrics import OrderResult
from agents.stages.probe.stage import MOVES_MAX
from schemas.closed_lists import ProbeError
from schemas.moments import SECOND_MS

FAR = 1 << 60
THIRD = "127.40.1.3"
"""One more address of the hoster `rack`."""


@asynccontextmanager
async def prober(folder: Path, clock: Clock, **settings) -> AsyncIterator[tuple[Bench, NameServer]]:
    """Run a prober and its name server."""
    async with name_server() as names:
        resolver = Resolver(clock, DnsSettings(servers=(names.address,), timeout_s=30.0))
        yield bench_of(folder, resolver, clock=clock, companies=1, **settings), names
        await resolver.close()


@pytest.fixture
async def world(tmp_path: Path):
    """Give a prober whose clock leaps, and its name server."""
    async with prober(tmp_path, Leaping()) as found:
        yield found


class Doors:
    """Servers at addresses of one port, who keep the first probe until they are told.

    Attributes:
        open: tells them.
        asked: addresses that were asked, and for which path.
    """

    def __init__(self) -> None:
        """Keep it."""
        self.open = asyncio.Event()
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    async def behave(self, head: str, writer: asyncio.StreamWriter) -> None:
        """Note who was asked for what, and wait."""
        host, path = writer.get_extra_info("sockname")[0], head.split()[1]
        self.asked.append((host, path))
        if path == "/first":
            await self.open.wait()
        await answers(response(200))(head, writer)

    def at(self, path: str) -> list[str]:
        """Return the addresses that were asked for a path."""
        return [host for host, one in self.asked if one == path]


@asynccontextmanager
async def doors(*hosts: str) -> AsyncIterator[Doors]:
    """Run the servers."""
    it = Doors()
    first, *others = hosts
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(web_server(it.behave, host=first))
        it.port = web.port
        for host in others:
            await stack.enter_async_context(web_server(it.behave, host=host, port=web.port))
        yield it


async def waited(it: Bench, at: Doors, meanwhile: Callable[[], object], **said: object) -> None:
    """Let a probe of `one.example` wait for another of its hoster, and see it settled.

    Args:
        it: the prober.
        at: the servers.
        meanwhile: done while it waits.
        said: what is not as usual about its order.
    """
    url = f"http://one.example:{at.port}"
    first = it.order(f"http://{OWN}:{at.port}/first", not_after=FAR)
    behind = it.order(f"{url}/x", **{"not_after": FAR, **said})
    async with asyncio.TaskGroup() as group:
        group.create_task(it.stage.handle([received(first)]))
        while not at.asked:
            await asyncio.sleep(0)
        group.create_task(it.stage.handle([received(behind)]))
        while not it.stage._rate_limiter.waiting:
            await asyncio.sleep(0)
        meanwhile()
        at.open.set()


def of(it: Bench, number: int):
    """Return the observation of the order of a number."""
    (seen,) = [one for one in it.tray.observations if one.order_id == f"order-{number}"]
    return seen


@pytest.mark.parametrize(("ttl_s", "kept_s"), [(0, TTL_MIN_S), (90, 90), (86_400, TTL_MAX_S)])
@pytest.mark.parametrize(("to", "hoster"), [(OLD, "rack"), (OTHER, "shed")])
async def test_nobody_is_asked_at_an_address_whose_time_is_up(
    world, ttl_s, kept_s, to, hoster
) -> None:
    """The probe goes where the name leads when it has its turn, and its facts are of that place."""
    it, names = world
    names.names["one.example"] = Name(a=(OWN,), ttl_s=ttl_s)

    def moves() -> None:
        names.names["one.example"] = Name(a=(to,), ttl_s=ttl_s)
        it.clock.leap(kept_s * SECOND_MS)

    async with doors(OWN, OLD, OTHER) as at:
        await waited(it, at, moves)
    assert at.at("/x") == [to]
    seen = of(it, 2)
    assert (seen.facts.status, seen.facts.requests, seen.old_address) == (200, 1, False)
    assert (seen.address_key, seen.hosters) == (it.keys.hash("address", to), (hoster,))
    (told,) = it.tray.attributions
    assert [one.hoster for one in told.placements] == [hoster]
    assert seen.slot_at < told.at <= seen.sent_at


async def test_within_its_time_an_answer_holds(world) -> None:
    """A name is asked once for probes that wait no longer than its answer holds."""
    it, names = world
    names.names["one.example"] = Name(a=(OWN,), ttl_s=90)

    def moves() -> None:
        names.names["one.example"] = Name(a=(OLD,))
        it.clock.leap(80 * SECOND_MS)

    async with doors(OWN, OLD) as at:
        await waited(it, at, moves)
    assert (at.at("/x"), names.count("one.example")) == ([OWN], 1)


async def test_a_literal_address_is_asked_of_nobody(world) -> None:
    """However long its probe waits."""
    it, names = world
    url = f"http://{OWN}"
    async with doors(OWN) as at:
        orders = [it.order(f"{url}:{at.port}/{n}", not_after=FAR) for n in range(9)]
        at.open.set()
        await it.settle(*orders)
    assert (len(at.asked), names.asked) == (9, [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (("10.0.0.1",), ProbeError.BLOCKED_POLICY),
        (("10.0.0.1", OWN), ProbeError.BLOCKED_POLICY_MIXED),
        (None, ProbeError.NXDOMAIN),
        ((), ProbeError.DNS_FAILURE),
    ],
)
async def test_what_a_name_says_after_the_wait_counts(world, answer, error) -> None:
    """Rebound to a denied address, or gone: no packet leaves, no moment is taken, and it is said
    as of then.
    """
    it, names = world
    names.names["one.example"] = Name(a=(OWN,), ttl_s=0)

    def moves() -> None:
        del names.names["one.example"]
        if answer is not None:
            names.names["one.example"] = Name(a=answer)
        it.clock.leap(TTL_MIN_S * SECOND_MS)
        moved_at.append(it.clock.now())

    moved_at: list[int] = []
    async with doors(OWN) as at:
        await waited(it, at, moves)
    seen = of(it, 2)
    assert (seen.facts.error, seen.facts.requests, seen.address_key) == (error, 0, "")
    assert seen.nxdomain is (answer is None)
    assert seen.sent_at >= moved_at[0]
    assert at.at("/x") == []
    politeness = it.stage._rate_limiter._politeness
    assert politeness._free_at["hoster rack"] <= it.clock.now() + politeness.step_ms


async def test_a_name_that_is_gone_after_the_wait_is_asked_at_its_old_address(world) -> None:
    """The case's last known address is asked with the old name, as if it had been gone before."""
    it, names = world
    names.names["one.example"] = Name(a=(OTHER,), ttl_s=0)

    def moves() -> None:
        del names.names["one.example"]
        it.clock.leap(TTL_MIN_S * SECOND_MS)

    async with doors(OWN, OLD, OTHER) as at:
        await waited(it, at, moves, address=it.old(OLD, f"http://one.example:{at.port}/x"))
    seen = of(it, 2)
    assert (seen.facts.status, seen.old_address, seen.nxdomain) == (200, True, True)
    assert at.at("/x") == [OLD]


async def test_an_address_that_the_name_still_has_is_kept(world) -> None:
    """Of several it is not exchanged for another one, wherever that stands in the answer."""
    it, names = world
    names.names["one.example"] = Name(a=(OLD,), ttl_s=0)

    def moves() -> None:
        names.names["one.example"] = Name(a=(OWN, OLD, THIRD), ttl_s=0)
        it.clock.leap(TTL_MIN_S * SECOND_MS)

    async with doors(OWN, OLD, THIRD) as at:
        await waited(it, at, moves)
    assert at.at("/x") == [OLD]


async def rotating(names: NameServer, hosts: list[str]) -> None:
    """Answer with another address each time that the name is asked for."""
    turns = 0
    while True:
        names.names["one.example"] = Name(a=(hosts[turns % len(hosts)],), ttl_s=0)
        turns += 1
        asked = names.count("one.example")
        while names.count("one.example") == asked:
            await asyncio.sleep(0)


async def test_answers_that_rotate_starve_nobody(tmp_path: Path) -> None:
    """Where each question brings another address, and none holds until the next probe, each probe
    is made, at one that was just given.
    """
    hosts, probes = [OWN, OLD, THIRD], 30
    async with (
        prober(tmp_path, quick(6_000.0), requests_per_minute=1) as (it, names),
        doors(*hosts) as at,
    ):
        at.open.set()
        changing = asyncio.create_task(rotating(names, hosts))
        url = f"http://one.example:{at.port}"
        seen = await it.settle(*(it.order(f"{url}/{n}", not_after=FAR) for n in range(probes)))
        changing.cancel()
    assert [one.facts.error for one in seen] == [None] * probes
    assert it.stage.counts.settled == Counter({OrderResult.PROBED: probes})
    assert {host for host, _ in at.asked} == {*hosts}
    assert names.count("one.example") >= probes
    politeness = it.stage._rate_limiter._politeness
    assert politeness._free_at["hoster rack"] <= it.clock.now() + politeness.step_ms


async def test_a_new_address_that_is_taken_is_waited_for(world) -> None:
    """The probe gives its turn back, waits for the new address, and is made there."""
    it, names = world
    neighbour = f"{other_hoster_prefix(0)}.1"
    names.names["one.example"] = Name(a=(OWN,), ttl_s=0)
    stuck = asyncio.Event()

    async def slow(head: str, writer: asyncio.StreamWriter) -> None:
        await stuck.wait()
        await answers(response(200))(head, writer)

    async with doors(OWN) as at, web_server(slow, host=neighbour, port=at.port) as there:
        taken = it.order(f"http://{neighbour}:{at.port}/other", hoster="c0", not_after=FAR)
        taking = asyncio.create_task(it.stage.handle([received(taken)]))
        while not there.connections:
            await asyncio.sleep(0)

        def moves() -> None:
            names.names["one.example"] = Name(a=(neighbour,), ttl_s=0)
            it.clock.leap(TTL_MIN_S * SECOND_MS)

        waiting = asyncio.create_task(waited(it, at, moves))
        async with asyncio.timeout(60):
            while names.count("one.example") < 2 or not it.stage._rate_limiter.waiting:
                await asyncio.sleep(0)
        assert there.connections == 1
        stuck.set()
        await asyncio.gather(taking, waiting)
    assert (there.connections, there.at_once_most) == (2, 1)
    assert of(it, 3).address_key == it.keys.hash("address", neighbour)


@pytest.mark.parametrize(
    ("sampled", "kind"), [(True, OrderResult.NO_TURN_SAMPLED), (False, OrderResult.NO_TURN)]
)
async def test_a_name_that_always_moves_to_where_others_are_is_given_up(
    world, sampled, kind
) -> None:
    """After so many turns that were not for its address the probe is missed, and counted."""
    it, names = world
    probe_queue, politeness = (
        it.stage._rate_limiter._probe_queue,
        it.stage._rate_limiter._politeness,
    )
    hosts = [f"{other_hoster_prefix(0)}.{n}" for n in range(1, MOVES_MAX + 3)]
    probe_queue.move = lambda *_: False
    names.names["one.example"] = Name(a=(hosts[0],), ttl_s=0)

    async def answer(_: object) -> None:
        raise AssertionError

    changing = asyncio.create_task(rotating(names, hosts))
    again = it.stage._resolver.again

    async with web_server(answer, host=hosts) as server:

        async def later(_self, *args):
            it.clock.leap(TTL_MIN_S * SECOND_MS)
            return await again(*args)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(type(it.stage._resolver), "again", later)
            order = it.order(f"http://one.example:{server.port}/x", sampled=sampled, not_after=FAR)
            seen = await it.settle(order)
        changing.cancel()
    assert server.connections == 0
    assert [one.facts.error for one in seen] == [ProbeError.MISSED_POLITENESS] * sampled
    assert it.stage.counts.settled == Counter({kind: 1})
    assert names.count("one.example") == MOVES_MAX + 2
    assert politeness._free_at["hoster rack"] <= it.clock.now() + politeness.step_ms
