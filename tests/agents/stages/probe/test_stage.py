"""The stage: orders in, one fact each out, on real servers and a key file."""

import asyncio
from pathlib import Path

import pytest
from probe_bench import EDGE, OLD, OTHER, OWN, Bench, bench_of, received
from quick_clock import Leaping
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsStatus, Resolution
from agents.edges.dns.resolver import TTL_MAX_S
from agents.edges.metrics.probe_metrics import OrderResult
from schemas.identity.ids import canonical
from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS
from schemas.reasons import ProbeError, Role, Target
from schemas.seal_context import placed_address, reported_url

SECRET = "s3cretpath"

NAMES = {
    "one.example": Resolution(status=DnsStatus.OK, addresses=(OWN,)),
    "two.example": Resolution(status=DnsStatus.OK, addresses=(OWN, OTHER)),
    "moved.example": Resolution(status=DnsStatus.OK, addresses=(OTHER,)),
    "proxied.example": Resolution(status=DnsStatus.OK, addresses=(EDGE,)),
    "gone.example": Resolution(status=DnsStatus.NXDOMAIN),
    "empty.example": Resolution(status=DnsStatus.NODATA),
    "broken.example": Resolution(status=DnsStatus.SERVFAIL),
    "null.example": Resolution(status=DnsStatus.OK, addresses=("127.0.0.1",)),
    "inside.example": Resolution(status=DnsStatus.OK, addresses=(OWN, "10.0.0.1")),
}


@pytest.fixture
def bench(tmp_path: Path):
    """Set up a prober in whose world the names stand above."""

    def made(**settings) -> Bench:
        return bench_of(tmp_path, Recorded(NAMES), **settings)

    return made


async def test_a_probe_is_one_fact(bench) -> None:
    """The observation says what was seen, when, from where, and holds nothing readable."""
    it = bench()
    async with web_server(answers(response(200, "Content-Type: image/png")), host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/{SECRET}.png")
        (seen,) = await it.settle(order)
    assert (seen.order_id, seen.case_id, seen.url_key) == ("order-1", "case", order.url_key)
    assert (seen.vantage, seen.target, seen.slot_at) == ("north", Target.URL, order.slot_at)
    assert (seen.asked, seen.canary_ok, seen.announced) == (("north", "south"), True, True)
    assert order.not_before <= seen.sent_at <= seen.done_at
    assert (seen.hosters, seen.nxdomain, seen.old_address) == (("rack",), False, False)
    assert seen.address_key == it.keys.hash("address", OWN)
    assert (seen.facts.status, seen.facts.type, seen.facts.requests) == (200, "image/png", 1)
    assert "User-Agent: hostwatch/1 (+mailto:" in server.requests[0]
    (sends,) = it.tray.lists
    assert {(send.topic, send.key) for send in sends} == {("facts.v1", order.url_key.encode())}
    for send in sends:
        assert SECRET.encode() not in send.value
        assert b"one.example" not in send.value
        assert OWN.encode() not in send.value


async def test_controls_are_probed_beside_the_url(bench) -> None:
    """Random path and root of the same host, in observations of their own."""
    it = bench()
    async with web_server(answers(response(404)), host=OWN) as server:
        url = f"http://one.example:{server.port}/a/{SECRET}.png"
        orders = [it.order(url, target=one) for one in (Target.ROOT, Target.RANDOM)]
        seen = await it.settle(*orders)
    paths = {request.split(" ")[1] for request in server.requests}
    assert "/" in paths
    assert all(SECRET not in path for path in paths)
    assert any(path.startswith("/a/") and path.endswith(".png") for path in paths)
    assert {one.target for one in seen} == {Target.ROOT, Target.RANDOM}
    assert it.tray.attributions == []


async def test_a_name_at_two_hosters_is_probed_where_the_case_is(bench) -> None:
    """The look goes to the case's hoster; all hosters of the name are recorded."""
    it = bench()
    async with (
        web_server(answers(response(404)), host=OWN) as own,
        web_server(answers(response(200)), host=OTHER, port=own.port) as other,
    ):
        url = f"http://two.example:{own.port}/x"
        (at_rack,) = await it.settle(it.order(url))
        (at_shed,) = await it.settle(it.order(url, hoster="shed"))
    assert (at_rack.facts.status, at_shed.facts.status) == (404, 200)
    assert at_rack.hosters == at_shed.hosters == ("rack", "shed")
    assert (own.connections, other.connections) == (1, 1)


@pytest.mark.parametrize(
    ("host", "nxdomain", "hosters"),
    [("moved", False, ("shed",)), ("gone", True, ()), ("empty", False, ())],
)
async def test_the_old_address_is_asked_with_the_old_name(bench, host, nxdomain, hosters) -> None:
    """Where DNS has left the hoster, the last known address says whether it serves it still."""
    it = bench()
    async with web_server(answers(response(200)), host=OLD) as server:
        url = f"http://{host}.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, address=it.old(OLD, url)))
    assert (seen.facts.status, seen.old_address) == (200, True)
    assert (seen.nxdomain, seen.hosters) == (nxdomain, hosters)
    assert f"Host: {host}.example:" in server.requests[0]


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("gone", ProbeError.NXDOMAIN),
        ("empty", ProbeError.DNS_FAILURE),
        ("broken", ProbeError.DNS_FAILURE),
    ],
)
async def test_a_name_without_an_address(bench, host, error) -> None:
    """No address known: NXDOMAIN and a failure are told apart, and nobody is asked."""
    it = bench()
    (seen,) = await it.settle(it.order(f"http://{host}.example/x"))
    assert (seen.facts.error, seen.facts.requests, seen.address_key) == (error, 0, "")


async def test_a_broken_name_is_not_asked_at_its_old_address(bench) -> None:
    """Without an answer of a name server nobody knows whether the address is old."""
    it = bench()
    url = "http://broken.example/x"
    (seen,) = await it.settle(it.order(url, address=it.old(OLD, url)))
    assert (seen.facts.error, seen.old_address) == (ProbeError.DNS_FAILURE, False)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://inside.example/x", ProbeError.BLOCKED_POLICY_MIXED),
        ("http://null.example/x", ProbeError.BLOCKED_POLICY),
        ("http://10.0.0.1/x", ProbeError.BLOCKED_POLICY),
    ],
)
async def test_denied_addresses(bench, url, error) -> None:
    """One denied address denies the name; it is told whether the name also leads to a server."""
    it = bench()
    (seen,) = await it.settle(it.order(url))
    assert (seen.facts.error, seen.facts.requests) == (error, 0)


async def test_a_name_at_nothing_does_not_hide_the_old_address(bench) -> None:
    """A name that was pointed at 127.0.0.1 is asked at its last address, which is judged alone."""
    it = bench()
    async with web_server(answers(response(404)), host=OLD) as server:
        url = f"http://null.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, address=it.old(OLD, url)))
        (denied,) = await it.settle(it.order(url, address=it.old("10.0.0.9", url)))
    assert (seen.facts.status, seen.old_address) == (404, True)
    assert (denied.facts.error, server.connections) == (ProbeError.BLOCKED_POLICY, 1)


async def test_a_repeated_order_is_dropped(bench) -> None:
    """Held or lately settled, the same order makes one request and one fact."""
    it = bench()
    async with web_server(answers(response(200)), host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/x")
        assert len(await it.settle(order, order)) == 1
        assert await it.settle(order) == []
    assert (server.connections, it.stage.counts.settled[OrderResult.REPEATED]) == (1, 2)


async def test_an_order_can_have_the_head_checked(bench) -> None:
    """HEAD and GET go out in one turn and both count for politeness; the root is asked once."""
    it = bench()
    async with web_server(answers(response(404), response(206)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, cross_check=True))
        (root,) = await it.settle(it.order(url, target=Target.ROOT, cross_check=True))
    assert [request.split()[0] for request in server.requests] == ["HEAD", "GET", "HEAD"]
    assert (seen.facts.status, seen.facts.head_status, seen.facts.requests) == (206, 404, 2)
    assert (root.facts.head_status, root.facts.requests) == (0, 1)


async def test_a_copy_out_of_a_cache_is_compared_unordered(bench) -> None:
    """An answer to HEAD that says a cache gave it brings its GET; a root's brings none."""
    it = bench()
    kept = response(200, "X-Cache: HIT")
    async with web_server(answers(kept, response(404), kept, kept), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url))
        (root,) = await it.settle(it.order(url, target=Target.ROOT))
    assert [request.split()[0] for request in server.requests] == ["HEAD", "GET", "HEAD"]
    assert (seen.facts.status, seen.facts.head_status, seen.facts.requests) == (404, 200, 2)
    assert (root.facts.head_status, root.facts.requests) == (0, 1)


async def test_a_checked_probe_takes_the_room_of_two(bench) -> None:
    """Of four requests a minute two such looks leave none for a third."""
    it = bench(requests_per_minute=4, clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (first,) = await it.settle(it.order(url, cross_check=True))
        after = await it.settle(it.order(url, not_after=it.clock.now() + 20_000))
    assert (first.facts.requests, server.connections) == (2, 2)
    assert [one.facts.error for one in after] == [ProbeError.MISSED_POLITENESS]


async def test_a_hidden_vantage_says_nothing_of_whom_the_name_leads_to(bench) -> None:
    """Its look is written, its resolution is not: presence is for those to say who are asked."""
    it = bench(vantage={"announced": False, "recheck": True})
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        (seen,) = await it.settle(it.order(url, asked=("south", "west")))
        assert it.tray.attributions == []
        await it.settle(it.order(url, asked=("south", "west", "north")))
        assert len(it.tray.attributions) == 1
    assert (seen.vantage, seen.asked, seen.announced) == ("north", ("south", "west"), False)
    assert all("Firefox" in request for request in server.requests)


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
    """The look that cannot begin in its window is settled without waiting for its end."""
    it = bench(requests_per_minute=1, clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        seen = await it.settle(*(it.order(url, not_after=it.clock.now() + 9_000) for _ in "ab"))
    assert sorted(one.facts.error or "" for one in seen) == ["", ProbeError.MISSED_POLITENESS]
    assert server.connections == 1


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
    """More than 5 min past it an order is overdue, of its sample or not, until it is settled."""
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
        assert it.stage.counts.overdue() == (0, 0)
        waiting = [asyncio.create_task(it.stage.handle([received(order)])) for order in orders]
        await asyncio.sleep(0)
        assert it.stage.counts.overdue() == (2, 1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert it.stage.counts.overdue() == (0, 0)


async def test_only_probes_whose_moment_has_come_are_in_flight(bench) -> None:
    """Of three orders of one hoster, whose looks are apart, all are in hand and one is asked."""
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


async def test_a_resolution_is_told_when_it_is_news(bench) -> None:
    """The first two resolutions tell where it is; a third that found the same does not.

    Nor does a look while an answer is remembered: nobody was asked anew.
    """
    it = bench(requests_per_minute=100_000, clock=Leaping())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://two.example:{server.port}/x"
        for _ in range(3):
            await it.settle(it.order(url))
            await it.settle(it.order(url))
            it.clock.leap(TTL_MAX_S * SECOND_MS)
    first, second = it.tray.attributions
    assert (first.vantage, first.answered, first.nxdomain) == ("north", True, False)
    assert [(p.hoster, p.role) for p in first.placements] == [
        ("rack", Role.HOSTING),
        ("shed", Role.HOSTING),
    ]
    assert it.keys.open(first.placements[0].address, placed_address(first.url_key)).reveal() == OWN
    assert second.placements[0].address_key == first.placements[0].address_key
    assert [len(sends) for sends in it.tray.lists] == [2, 1, 2, 1, 1, 1]


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


async def test_whoever_is_behind_a_proxy_stays_there(bench) -> None:
    """A look through the proxy finds the case's hoster; one at the proxy itself tells nothing."""
    it = bench()
    async with web_server(answers(response(200)), host=EDGE) as server:
        url = f"http://proxied.example:{server.port}/x"
        (behind,) = await it.settle(it.order(url, address=it.old(EDGE, url)))
        (proxy,) = await it.settle(it.order(url, hoster="edge", role=Role.PROXY))
    assert (behind.hosters, behind.old_address) == (("edge", "rack"), False)
    assert (proxy.hosters, proxy.role) == (("edge",), Role.PROXY)
    (told,) = it.tray.attributions  # that it is behind the proxy is the hotline's to say
    assert [(p.hoster, p.role) for p in told.placements] == [("edge", Role.PROXY)]


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
