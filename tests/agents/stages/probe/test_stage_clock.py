"""The stage and its clock: a probe at no known time says so."""

import asyncio
import time

import pytest
from probe_bench import OTHER, OWN, Tray, received
from quick_clock import Leaping
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.engine.produce.broker_time import BrokerTime
from schemas.closed_lists import ProbeError
from schemas.moments import HOUR_MS, MINUTE_MS


class Broker(Tray):
    """An outbox on a broker whose clock is right."""

    def __init__(self) -> None:
        """Have taken nothing yet."""
        super().__init__()
        self.time = BrokerTime()

    async def send(self, records) -> None:
        """Take the records, as the outbox on a real broker does."""
        handed_in = self.time.handed_in()
        await super().send(records)
        self.time.acknowledged(handed_in, [time.time_ns() // 1_000_000])


@pytest.mark.parametrize("by_ms", [HOUR_MS, -HOUR_MS])
async def test_a_probe_during_which_the_clock_is_set_is_at_no_known_time(bench, by_ms) -> None:
    """It says nothing of the content; that it asked stays on record."""
    it = bench(clock=Leaping())

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        it.clock.leap(by_ms)
        await answers(response(404))(head, writer)

    async with web_server(behave, host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/x", not_after=1 << 60)
        (seen,) = await it.settle(order)
    assert (seen.facts.error, seen.facts.status) == (ProbeError.CLOCK, 0)
    assert (seen.facts.requests, server.connections, it.tray.attributions) == (1, 1, [])
    assert order.slot_at <= seen.sent_at == seen.done_at


async def test_a_clock_behind_the_brokers_probes_nothing(bench) -> None:
    """An order from more than 5 min hence is settled at once, at the time of its append."""
    it = bench(clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        hence = it.clock.now() + 5 * MINUTE_MS + 60_000
        (seen,) = await it.settle(it.order(url, slot_at=hence, not_before=hence))
        (well,) = await it.settle(it.order(url))
    assert (seen.facts.error, seen.sent_at, seen.done_at) == (ProbeError.CLOCK, hence, hence)
    assert (well.facts.status, server.connections) == (200, 1)


@pytest.mark.parametrize("by_ms", [6 * MINUTE_MS, 365 * 24 * HOUR_MS])
async def test_a_clock_ahead_of_the_brokers_probes_nothing(bench, by_ms) -> None:
    """From the first fact that the broker took; what is written then bears the broker's time."""
    broker = Broker()
    it = bench(clock=Leaping(), outbox=broker, broker_ms=broker.time.at_most)
    it.clock.leap(by_ms)
    async with web_server(answers(response(404)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        await it.settle(it.order(url))
        began_at = time.time_ns() // 1_000_000
        slot_at = began_at - MINUTE_MS
        (seen,) = await it.settle(it.order(url, slot_at=slot_at, not_before=slot_at))
        assert server.connections == 1
        it.clock.leap(-by_ms)
        other = f"http://{OTHER}:{server.port}/x"
        async with web_server(answers(response(404)), host=OTHER, port=server.port):
            (well,) = await it.settle(it.order(other, hoster="shed"))
    assert seen.facts.error is ProbeError.CLOCK
    assert began_at - 2 <= seen.sent_at == seen.done_at < began_at + by_ms // 2  # rounded twice
    assert (well.facts.error, well.facts.status, server.connections) == (None, 404, 1)
    assert it.stage.counts.recorded[ProbeError.CLOCK] == 1


async def test_a_clock_that_is_set_ahead_between_two_probes_is_noticed_before_the_next(
    bench,
) -> None:
    """The broker's last acknowledgement is held against the clock that nobody sets."""
    broker = Broker()
    it = bench(clock=Leaping(), outbox=broker, broker_ms=broker.time.at_most)
    async with web_server(answers(response(404)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (well,) = await it.settle(it.order(url))
        it.clock.leap(HOUR_MS)
        (seen,) = await it.settle(it.order(url))
    assert (well.facts.status, seen.facts.error) == (404, ProbeError.CLOCK)
    assert server.connections == 1


async def test_probes_that_wait_when_the_clock_is_set_ahead_ask_nobody(bench) -> None:
    """Nor are orders settled as too late by such a clock."""
    broker = Broker()
    it = bench(clock=Leaping(), outbox=broker, broker_ms=broker.time.at_most)
    held = asyncio.Event()

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        if head.split()[1] == "/slow":
            await held.wait()
        await answers(response(404))(head, writer)

    async with web_server(behave, host=OWN) as server:
        url = f"http://one.example:{server.port}"
        await it.settle(it.order(f"{url}/first"))
        far, soon = it.clock.now() + 9 * HOUR_MS, it.clock.now() + MINUTE_MS
        slow, waiting = (it.order(f"{url}/{n}", not_after=far) for n in ("slow", "waiting"))
        tasks = [asyncio.create_task(it.stage.handle([received(one)])) for one in (slow, waiting)]
        while not it.stage._rate_limiter.waiting or server.connections < 2:
            await asyncio.sleep(0)
        it.clock.leap(HOUR_MS)
        held.set()
        await asyncio.gather(*tasks)
        slot_at = soon - MINUTE_MS
        window = {"slot_at": slot_at, "not_before": slot_at, "not_after": soon}
        (late,) = await it.settle(it.order(f"{url}/late", **window))
    assert server.connections == 2
    errors = [one.facts.error for one in broker.observations]
    assert errors == [None, *[ProbeError.CLOCK] * 3]
    assert [one.facts.requests for one in broker.observations] == [1, 1, 0, 0]
    assert len(broker.attributions) == 1  # whom the name led to is said of a known time too
    assert late.sent_at <= it.clock.now() - HOUR_MS + MINUTE_MS


async def test_probes_under_way_when_it_is_noticed_are_at_no_known_time(bench) -> None:
    """What the first probe that was written shows holds for all that began before it."""
    broker = Broker()
    it = bench(clock=Leaping(), outbox=broker, broker_ms=broker.time.at_most)
    it.clock.leap(HOUR_MS)

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        while head.split()[1] == "/second" and not broker.lists:
            await asyncio.sleep(0)
        await answers(response(404))(head, writer)

    async with (
        web_server(behave, host=OWN) as server,
        web_server(behave, host=OTHER, port=server.port),
    ):
        first = it.order(f"http://{OWN}:{server.port}/first")
        second = it.order(f"http://{OTHER}:{server.port}/second", hoster="shed")
        seen = {one.order_id: one for one in await it.settle(first, second)}
    assert seen[first.order_id].facts.status == 404
    late = seen[second.order_id]
    assert (late.facts.error, late.facts.requests) == (ProbeError.CLOCK, 1)
