"""When an order has its turn: window, politeness, one connection a hoster, no queue in its way."""

import asyncio

from probe_bench import OTHER, OWN, received
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.edges.metrics.probe_metrics import OrderResult
from schemas.closed_lists import ProbeError
from schemas.moments import HOUR_MS, MINUTE_MS


async def test_an_order_past_its_window_is_missed_by_evaluation(bench) -> None:
    """Nothing is asked and nothing is written."""
    it = bench()
    assert await it.settle(it.order("http://one.example/x", not_after=it.clock.now() - 1)) == []
    assert (it.tray.lists, it.stage.counts.settled[OrderResult.LATE]) == ([], 1)


async def test_an_order_waits_for_its_window(bench) -> None:
    """No request goes out before not_before."""
    it = bench()
    async with web_server(answers(response(200)), host=OWN) as server:
        due = it.clock.now() + HOUR_MS // 10
        order = it.order(
            f"http://one.example:{server.port}/x", not_before=due, not_after=due + HOUR_MS
        )
        (seen,) = await it.settle(order)
    assert seen.sent_at >= due


async def test_what_politeness_forbids_is_said_at_once(bench) -> None:
    """The probe that cannot begin in its window is settled without waiting for its end."""
    it = bench(requests_per_minute=1, clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        seen = await it.settle(*(it.order(url, not_after=it.clock.now() + 9_000) for _ in "ab"))
    assert sorted(one.facts.error or "" for one in seen) == ["", ProbeError.MISSED_POLITENESS]
    assert server.connections == 1


async def test_a_checked_probe_takes_the_room_of_two(bench) -> None:
    """Of four requests a minute two such probes leave none for a third."""
    it = bench(requests_per_minute=4, clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (first,) = await it.settle(it.order(url, cross_check=True))
        after = await it.settle(it.order(url, not_after=it.clock.now() + 20_000))
    assert (first.facts.requests, server.connections) == (2, 2)
    assert [one.facts.error for one in after] == [ProbeError.MISSED_POLITENESS]


async def test_a_hoster_is_asked_one_at_a_time(bench) -> None:
    """A crowd of orders for one hoster opens one connection at a time; each is settled."""
    it = bench(requests_per_minute=100_000)
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        seen = await it.settle(*(it.order(f"{url}{i}", not_after=1 << 60) for i in range(50)))
    assert (len(seen), server.connections, server.at_once_most) == (50, 50, 1)


async def test_a_silent_hoster_holds_up_nobody(bench) -> None:
    """With one socket at a time taken by turns, a queue before one hoster takes no socket."""
    it = bench(concurrency=2, requests_per_minute=100_000)
    stuck = asyncio.Event()

    async def silent(_head: str, _writer: asyncio.StreamWriter) -> None:
        await stuck.wait()

    async with (
        web_server(silent, host=OTHER) as bad,
        web_server(answers(response(200)), host=OWN) as good,
    ):
        url = f"http://moved.example:{bad.port}/x"
        crowd = [it.order(f"{url}{i}", hoster="shed", not_after=1 << 60) for i in range(20)]
        waiting = [asyncio.create_task(it.stage.handle([received(order)])) for order in crowd]
        (seen,) = await it.settle(it.order(f"http://one.example:{good.port}/x"))
        assert (seen.facts.status, bad.connections) == (200, 1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_orders_past_their_slot_are_told_while_they_are_in_hand(bench) -> None:
    """More than 5 min past it, of a sample or not, until they are settled."""
    it = bench(requests_per_minute=100_000, clock=Clock())
    stuck = asyncio.Event()

    async def silent(_head: str, _writer: asyncio.StreamWriter) -> None:
        await stuck.wait()

    async with web_server(silent, host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        now = it.clock.now()
        old, young = now - 5 * MINUTE_MS - 1, now - MINUTE_MS
        orders = [
            it.order(f"{url}{i}", slot_at=slot_at, sampled=sampled, not_after=1 << 60)
            for i, (slot_at, sampled) in enumerate(
                [(old, True), (old, True), (old, False), (young, True), (young, False)]
            )
        ]
        assert it.stage.counts.past_slot() == (0, 0)
        waiting = [asyncio.create_task(it.stage.handle([received(order)])) for order in orders]
        await asyncio.sleep(0)
        assert it.stage.counts.past_slot() == (2, 1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert it.stage.counts.past_slot() == (0, 0)


async def test_only_probes_whose_moment_has_come_are_in_flight(bench) -> None:
    """Of three orders of one hoster, whose probes are apart, all are in hand and one is asked."""
    it = bench(requests_per_minute=1, clock=Clock())
    asked, stuck = asyncio.Event(), asyncio.Event()

    async def silent(_head: str, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await stuck.wait()

    async with web_server(silent, host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        orders = [it.order(f"{url}{number}", not_after=1 << 60) for number in range(3)]
        waiting = [asyncio.create_task(it.stage.handle([received(order)])) for order in orders]
        await asyncio.wait_for(asked.wait(), 10)
        assert (it.stage.counts.held, it.stage.counts.in_flight) == (3, 1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert (it.stage.counts.held, it.stage.counts.in_flight) == (0, 0)
