"""The stage and its clock: a look at no known time says so."""

import asyncio
from pathlib import Path

import pytest
from probe_bench import OWN, Bench, bench_of
from quick_clock import Leaping
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.edges.recorded import Recorded
from agents.edges.resolution import DnsStatus, Resolution
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.reasons import ProbeError

NAMES = {"one.example": Resolution(status=DnsStatus.OK, addresses=(OWN,))}


@pytest.fixture
def bench(tmp_path: Path):
    """Set up a prober that knows one name."""

    def made(**settings) -> Bench:
        return bench_of(tmp_path, Recorded(NAMES), **settings)

    return made


@pytest.mark.parametrize("by_ms", [HOUR_MS, -HOUR_MS])
async def test_a_look_during_which_the_clock_is_set_is_at_no_known_time(bench, by_ms) -> None:
    """It says nothing of the content; that it asked stays on record."""
    it = bench(clock=Leaping())

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        it.clock.leap(by_ms)
        await answers(response(404))(head, writer)

    async with web_server(behave, host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/x", not_after=1 << 60)
        (seen,) = await it.settle(order)
    assert (seen.facts.error, seen.facts.status) == (ProbeError.CLOCK, 0)
    assert (seen.facts.requests, server.connections) == (1, 1)
    assert order.slot_at <= seen.sent_at == seen.done_at


async def test_a_clock_behind_the_brokers_looks_at_nothing(bench) -> None:
    """An order from more than 5 min hence is settled at once, at the time of its append."""
    it = bench(clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        hence = it.clock.now() + 5 * MINUTE_MS + 60_000
        (seen,) = await it.settle(it.order(url, slot_at=hence, not_before=hence))
        (well,) = await it.settle(it.order(url))
    assert (seen.facts.error, seen.sent_at, seen.done_at) == (ProbeError.CLOCK, hence, hence)
    assert (well.facts.status, server.connections) == (200, 1)
