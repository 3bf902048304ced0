"""Which address an order is carried out at, and what is told of where its name leads."""

import pytest
from probe_bench import EDGE, OLD, OTHER, OWN
from quick_clock import Leaping
from web_server import answers, response, web_server

from agents.edges.dns.resolver import TTL_MAX_S
from schemas.closed_lists import ProbeError, Role
from schemas.moments import SECOND_MS
from schemas.seal_context import placed_address, resolved_addresses


async def test_a_name_at_two_hosters_is_probed_where_the_case_is(bench) -> None:
    """The probe goes to the case's hoster; all hosters of the name are recorded."""
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
async def test_one_denied_address_denies_the_name(bench, url, error) -> None:
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


async def test_whoever_is_behind_a_proxy_stays_there(bench) -> None:
    """A probe through the proxy finds the case's hoster; one at the proxy itself tells nothing."""
    it = bench()
    async with web_server(answers(response(200)), host=EDGE) as server:
        url = f"http://proxied.example:{server.port}/x"
        (behind,) = await it.settle(it.order(url, address=it.old(EDGE, url)))
        (proxy,) = await it.settle(it.order(url, hoster="edge", role=Role.PROXY))
    assert (behind.hosters, behind.old_address) == (("edge", "rack"), False)
    assert (proxy.hosters, proxy.role) == (("edge",), Role.PROXY)
    (told,) = it.tray.attributions  # that it is behind the proxy is the hotline's to say
    assert [(p.hoster, p.role) for p in told.placements] == [("edge", Role.PROXY)]


async def test_a_network_that_changed_hands_is_not_the_old_hoster_s(bench) -> None:
    """Where the name leads to it still, what it answers is another owner's: `moved`, no sighting.

    A case of a network that had no name, or of nobody known, is at that address as it was.
    """
    it = bench()
    async with web_server(answers(response(200)), host=OTHER) as server:
        url = f"http://moved.example:{server.port}/x"
        (sold,) = await it.settle(it.order(url, address=it.old(OTHER, url)))
        (nobody,) = await it.settle(it.order(url, hoster="unknown", address=it.old(OTHER, url)))
    assert (sold.hosters, sold.old_address, sold.facts.status) == (("shed",), False, 200)
    assert (nobody.hosters, nobody.old_address) == (("shed", "unknown"), False)


async def test_a_resolution_is_told_when_it_is_news(bench) -> None:
    """The first two resolutions tell where it is; a third that found the same does not.

    Nor does a probe while an answer is remembered: nobody was asked anew.
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
    listed = it.keys.open(first.addresses, resolved_addresses(first.url_key)).reveal()
    assert OWN in [one.partition("/")[0] for one in listed.split()]
    assert len(listed.split()) == len(first.placements)
    assert second.addresses_key == first.addresses_key
    assert [len(sends) for sends in it.tray.lists] == [2, 1, 2, 1, 1, 1]
