"""The stage: orders in, one fact each out, on real servers and a key file."""

import asyncio

import pytest
from probe_bench import OTHER, OWN
from web_server import answers, response, web_server

from agents.edges.metrics.probe_metrics import OrderResult
from schemas.closed_lists import ProbeError
from schemas.identity.ids import canonical
from schemas.seal_context import reported_url


async def test_a_repeated_order_is_dropped(bench) -> None:
    """Held or lately settled, the same order makes one request and one fact."""
    it = bench()
    async with web_server(answers(response(200)), host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/x")
        assert len(await it.settle(order, order)) == 1
        assert await it.settle(order) == []
    assert (server.connections, it.stage.counts.settled[OrderResult.REPEATED]) == (1, 2)


async def test_a_hidden_vantage_says_nothing_of_whom_the_name_leads_to(bench) -> None:
    """Its probe is written, its resolution is not: presence is for those to say who are asked."""
    it = bench(vantage={"announced": False, "recheck": True})
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, asked=("south", "west")))
        assert it.tray.attributions == []
        await it.settle(it.order(url, asked=("south", "west", "north")))
        assert len(it.tray.attributions) == 1
    assert (seen.vantage, seen.asked, seen.announced) == ("north", ("south", "west"), False)
    assert all("Firefox" in request for request in server.requests)


async def test_a_vantage_that_does_not_announce_itself(bench) -> None:
    """It looks like anybody and comes from its own address; the observation says so."""
    it = bench(vantage={"announced": False, "source_address": "127.40.9.9"})
    peers = []

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        writer.write(response(200).encode())

    async with web_server(behave, host=OWN) as server:
        (seen,) = await it.settle(it.order(f"http://one.example:{server.port}/x"))
    assert not seen.announced
    assert "hostwatch" not in server.requests[0]
    assert peers == ["127.40.9.9"]


@pytest.mark.parametrize(("status", "ok"), [(200, True), (503, False)])
async def test_the_canary_is_stamped(bench, status, ok) -> None:
    """An observation says whether the vantage's own page answered as it should."""
    async with (
        web_server(answers(response(200)), host=OWN) as server,
        web_server(answers(response(status)), host=OTHER) as canary,
    ):
        it = bench(vantage={"canary_url": f"http://moved.example:{canary.port}/canary"})
        (seen,) = await it.settle(it.order(f"http://one.example:{server.port}/x"))
    assert seen.canary_ok is ok
    assert canary.connections == 1


async def test_a_destroyed_key_leaves_nothing_to_do(bench) -> None:
    """An order whose URL can be opened no more is done; nothing is written."""
    it = bench()
    order = it.order("http://one.example/x")
    for month in it.keys.months:
        it.keys.put(month, ())
    assert await it.settle(order) == []
    assert (it.tray.lists, it.stage.counts.settled[OrderResult.FORGOTTEN]) == ([], 1)


async def test_a_url_that_has_no_form_any_more_stops_nothing(bench) -> None:
    """An order of an older release for a host beyond ASCII is done; nothing is asked or written."""
    it = bench()
    url = "http://one.example/x"
    bound = reported_url(it.keys.url_key(canonical(url)))
    sealed = it.keys.seal("http://\u017fhost.1/", it.clock.now(), bound)
    order = it.order(url, sealed=sealed)
    assert await it.settle(order) == []
    assert (it.tray.lists, it.stage.counts.settled[OrderResult.FORGOTTEN]) == ([], 1)


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("broken", ProbeError.DNS_FAILURE),
        ("gone", ProbeError.NXDOMAIN),
        ("null", ProbeError.BLOCKED_POLICY),
    ],
)
async def test_an_order_without_an_address_is_counted_with_its_error(bench, host, error) -> None:
    """With all name servers dead these are the only counts that go on, and an alert reads them."""
    it = bench()
    observations = await it.settle(*(it.order(f"http://{host}.example/{n}") for n in range(3)))
    counts = it.stage.counts
    assert [one.facts.error for one in observations] == [error] * 3
    assert (counts.settled, counts.recorded) == ({OrderResult.NO_ADDRESS: 3}, {error: 3})
    assert (counts.requests, counts.settled[OrderResult.PROBED]) == (0, 0)


async def test_every_observation_is_counted_once(bench) -> None:
    """With its error or with none, whether a request was sent or not."""
    it = bench()
    async with web_server(answers(response(200)), host=OWN) as server:
        hosts = (f"one.example:{server.port}", "broken.example")
        await it.settle(*(it.order(f"http://{host}/x") for host in hosts))
    assert it.stage.counts.recorded == {None: 1, ProbeError.DNS_FAILURE: 1}
    assert sum(it.stage.counts.recorded.values()) == len(it.tray.observations)
