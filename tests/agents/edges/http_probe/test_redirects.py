"""Redirects of real loopback servers: what is followed, what the gate refuses, what is recorded."""

import asyncio

import pytest
from one_probe import probed
from web_server import answers, response, web_server

from schemas.closed_lists import ProbeError
from streams.probe.gate import Rules, port_allowed


async def test_a_redirect_within_the_host() -> None:
    """It stays at the address, is counted, and its Location is kept as a hash only."""
    async with web_server(
        answers(response(302, "Location: /removed.html"), response(200))
    ) as server:
        seen = await probed(f"http://x.example:{server.port}/a")
    facts = seen.facts
    assert (facts.status, facts.hops, facts.requests) == (200, 1, 2)
    assert (facts.left_host, facts.to_root, facts.placeholder) == (False, False, True)
    assert facts.location_key
    assert server.requests[1].startswith("HEAD /removed.html ")


async def test_hosts_that_redirect_all_paths_alike_show_it() -> None:
    """The key of Location is equal for two paths where only the path differs."""

    async def twin(head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ")[1]
        to = f"/login?next={path}" if "next" not in path else ""
        writer.write(response(302 if to else 200, f"Location: {to}").encode())

    async with web_server(twin) as server:
        seen = [await probed(f"http://x.example:{server.port}/{path}") for path in ("a", "b")]
    assert seen[0].facts.location_key == seen[1].facts.location_key
    assert [one.facts.hops for one in seen] == [1, 1]


@pytest.mark.parametrize("target", ["/again", "http://127.0.0.1:{port}/", "//y.example:{port}/"])
async def test_the_sixth_redirect_ends_the_probe(target: str) -> None:
    """Five redirects are followed, the sixth ends the probe; no host is asked beyond the gate."""

    async def to_us(_: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        writer.write(response(302, f"Location: {target.format(port=port)}").encode())

    async with web_server(behave) as server:
        seen = await probed(f"http://x.example:{server.port}/", resolve=to_us)
    assert seen.facts.error is ProbeError.TOO_MANY_REDIRECTS
    assert (seen.facts.hops, seen.facts.requests, server.connections) == (5, 6, 6)


@pytest.mark.parametrize(
    ("location", "resolved"),
    [
        ("http://y.example/", ("127.0.9.9",)),
        ("http://y.example/", ("127.0.0.1", "10.0.0.1")),
        ("http://y.example/", ("::ffff:169.254.169.254",)),
        ("http://y.example:8080/", ("127.0.0.1",)),
    ],
    ids=["denied", "mixed", "mapped", "port"],
)
async def test_a_redirect_beyond_the_gate(location: str, resolved: tuple[str, ...]) -> None:
    """Any denied address or port of a hop ends the probe before a packet leaves."""

    async def resolve(_: str) -> tuple[str, ...]:
        return resolved

    async with web_server(answers(response(302, f"Location: {location}"))) as server:
        seen = await probed(f"http://x.example:{server.port}/", resolve=resolve)
    assert seen.facts.error is ProbeError.BLOCKED_POLICY_HOP
    assert (seen.facts.requests, seen.facts.hops) == (1, 1)


async def test_a_redirect_to_where_no_way_leads() -> None:
    """A server that leads a vantage to an address it has no route to gains nothing by it."""
    rules = Rules.of(exceptions=("127.0.0.0/24", "255.255.255.255/32"))

    async def resolve(_: str) -> tuple[str, ...]:
        return ("255.255.255.255",)  # TCP knows no way there (ENETUNREACH)

    async with web_server(answers(response(302, "Location: http://y.example/"))) as server:
        seen = await probed(f"http://x.example:{server.port}/", resolve=resolve, rules=rules)
    assert seen.facts.error is ProbeError.BLOCKED_POLICY_HOP
    assert seen.facts.requests == 1


@pytest.mark.parametrize("location", ["ftp://y.example/", "javascript:1", "http://", ""])
async def test_a_redirect_that_cannot_be_followed(location: str) -> None:
    """The redirect itself is then the answer."""
    async with web_server(answers(response(301, f"Location: {location}"))) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert (seen.facts.error, seen.facts.status, seen.facts.hops) == (None, 301, 0)


@pytest.mark.parametrize("port", [25, 6667, 10_080])
@pytest.mark.parametrize("reported", [None, 6667])
async def test_no_redirect_leads_to_a_port_of_mail_or_chat(port, reported) -> None:
    """Not where settings allow the port, nor where the report names it."""
    rules = Rules.of(exceptions=("127.0.0.0/24",), ports=(80, 443, port))
    assert not port_allowed(port, rules, reported, redirected=True)
    assert port_allowed(port, rules, reported)
    head = response(302, f"Location: http://pics.example:{port}/")
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://pics.example:{server.port}/", rules=rules)
    assert seen.facts.error is ProbeError.BLOCKED_POLICY_HOP
    assert server.connections == 1
