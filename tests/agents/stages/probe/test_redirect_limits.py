"""Whom redirects lead to is asked as seldom as who is probed, on real servers."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from probe_bench import OLD, OTHER, OWN, Bench, bench_of, other_hoster_prefix
from web_server import WebServer, answers, response, web_server

from agents.clock import Clock
from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from schemas.closed_lists import ProbeError
from streams.schedule.priority import QueueRequest, after_redirect, rank_once_late

COMPANIES = 50
URLS = 200

NAMES = {
    "one.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN,)),
    "sister.example": DnsResolution(status=DnsStatus.OK, addresses=(OLD,)),
    "victim.example": DnsResolution(status=DnsStatus.OK, addresses=(OTHER,)),
}
ADDRESSES = [f"{other_hoster_prefix(n)}.1" for n in range(COMPANIES)]


@pytest.fixture
def bench(tmp_path: Path):
    """Set up a prober in whose world the names stand above."""

    def made(**settings) -> Bench:
        return bench_of(tmp_path, Recorded(NAMES), companies=COMPANIES, **settings)

    return made


def leading_to(host: str, port: int):
    return answers(response(302, f"Location: http://{host}:{port}/x"))


async def companies(stack: AsyncExitStack, victim: WebServer) -> None:
    """Start a server of each hoster that leads every request to the victim."""
    behave = leading_to("victim.example", victim.port)
    for host in ADDRESSES:
        await stack.enter_async_context(web_server(behave, host=host, port=victim.port))


def orders(it: Bench, port: int, many: int = URLS):
    return [
        it.order(
            f"http://{ADDRESSES[n % COMPANIES]}:{port}/{n}",
            hoster=f"c{n % COMPANIES}",
            not_after=1 << 60,
        )
        for n in range(many)
    ]


async def test_many_hosters_that_lead_to_one_server_do_not_crowd_it(bench) -> None:
    """200 URLs of 50 hosters: one probe at a time is at the victim, and none before its step."""
    per_minute = 60
    it = bench(requests_per_minute=per_minute)
    asked: list[int] = []

    async def victim_of(_: str, writer: asyncio.StreamWriter) -> None:
        asked.append(it.clock.now())
        writer.write(response(200).encode())

    began_at = it.clock.now()
    async with AsyncExitStack() as stack:
        victim = await stack.enter_async_context(web_server(victim_of, host=OTHER))
        await companies(stack, victim)
        seen = await it.settle(*orders(it, victim.port))
    errors = [one.facts.error for one in seen]
    assert len(seen) == URLS
    assert set(errors) <= {None, ProbeError.RATE_LIMITED_HOP}
    assert victim.connections == errors.count(None) > 0
    assert victim.at_once_most == 1
    step_ms = 60_000 // per_minute
    assert all(at >= began_at + n * step_ms for n, at in enumerate(asked))


async def test_a_probe_without_a_turn_there_ends_at_once_and_says_so(bench) -> None:
    """At one request a minute the second probe does not wait out its deadline."""
    it = bench(requests_per_minute=1, clock=Clock())
    async with AsyncExitStack() as stack:
        victim = await stack.enter_async_context(web_server(answers(response(200)), host=OTHER))
        await companies(stack, victim)
        seen = await it.settle(*orders(it, victim.port, 10))
    errors = sorted(one.facts.error or "" for one in seen)
    assert errors == ["", *[ProbeError.RATE_LIMITED_HOP] * 9]
    assert victim.connections == 1
    assert [one.facts.requests for one in seen if one.facts.error] == [1] * 9


async def test_who_asks_for_patience_behind_a_redirect_is_left_in_peace(bench) -> None:
    """Its name rests, so nobody is led there; the server that led there is asked as before."""
    it = bench(clock=Clock())
    async with AsyncExitStack() as stack:
        busy = answers(response(429, "Retry-After: 300"))
        victim = await stack.enter_async_context(web_server(busy, host=OTHER))
        own = await stack.enter_async_context(
            web_server(leading_to("victim.example", victim.port), host=OWN, port=victim.port)
        )
        url = f"http://one.example:{victim.port}/x"
        (first,) = await it.settle(it.order(url))
        (second,) = await it.settle(it.order(url))
    assert (first.facts.status, second.facts.error) == (429, ProbeError.RATE_LIMITED_HOP)
    assert (own.connections, victim.connections) == (2, 1)


async def test_a_redirect_within_a_hoster_needs_no_turn_of_its_own(bench) -> None:
    """The probe holds its hoster already; what it asks there counts for both addresses."""
    it = bench(requests_per_minute=2, clock=Clock())
    async with AsyncExitStack() as stack:
        sister = await stack.enter_async_context(web_server(answers(response(200)), host=OLD))
        port = sister.port
        await stack.enter_async_context(
            web_server(leading_to("sister.example", port), host=OWN, port=port)
        )
        (seen,) = await it.settle(it.order(f"http://one.example:{port}/x"))
        soon = it.clock.now() + 45_000
        (after,) = await it.settle(it.order(f"http://sister.example:{port}/x", not_after=soon))
    assert (seen.facts.status, seen.facts.requests, sister.connections) == (200, 2, 1)
    assert after.facts.error is ProbeError.MISSED_POLITENESS


@pytest.mark.parametrize(("kind", "first"), [(0, 900), (1, 900), (2, -7), (3, -7)])
def test_a_probe_under_way_goes_first_in_its_class(kind, first) -> None:
    """It keeps its class of rank, and none of those that wait with it goes before it."""
    queue_request = QueueRequest(("hoster a",), (kind, first), 100, 9_000)
    on_its_way = after_redirect(queue_request, ("address b",), 500, 800)
    assert on_its_way.rank[0] == kind
    assert on_its_way.rank < queue_request.rank
    assert (on_its_way.lanes, on_its_way.not_after) == (("address b",), 800)
    assert rank_once_late(on_its_way.rank, 100, 800) is None
