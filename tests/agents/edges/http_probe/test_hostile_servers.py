"""The pack of hostile servers: a probe is bounded, ends as it must and keeps nothing of a body."""

import asyncio
import logging
import ssl

import hostile_servers
import msgspec
import pytest
from hostile_servers import LEAK_MARKER, PACK, ZOO, reset_after, silence
from web_server import answers, response, self_signed, web_server

from agents.clock import Clock
from agents.edges.http_probe.connection import ProbeFailed
from agents.edges.http_probe.probe import BYTES_MAX, HttpProber, Probed, ProberConfig
from schemas.closed_lists import ProbeError
from schemas.identity.ids import KeyedHash, canonical
from streams.network import address
from streams.probe.gate import Rules

DEADLINE_S = 10.0
SHORT_S = 0.4
HELD_UP_S = 30.0
"""The servers go on for ever, so a probe without a deadline would not end at all. How long a busy
machine holds up the loop is no affair of the prober.
"""
RULES = Rules.of(exceptions=("127.0.0.1/32",))
WHOLE = len(response(200, f"X: {LEAK_MARKER}"))


@pytest.fixture(autouse=True)
def sinks(caplog, capfd):
    """Search whatever was logged or printed, asyncio's own words included."""
    caplog.set_level(logging.DEBUG)
    yield
    said = capfd.readouterr()
    for text in (said.out, said.err, caplog.text):
        assert LEAK_MARKER not in text


async def resolve(host: str) -> tuple[str, ...]:
    """Resolve literals to themselves and one name to an allowed address."""
    literal = address(host)
    if literal is not None:
        return (str(literal),)
    if host == "y.example":
        return ("127.0.0.1",)
    raise ProbeFailed(ProbeError.DNS_FAILURE)


async def probed(url: str, within_s: float = DEADLINE_S) -> Probed:
    """Probe, and check what holds of every probe."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    http = HttpProber(
        ProberConfig(user_agent="watcher/1", rules=RULES), Clock(), KeyedHash(b"k" * 16), resolve
    )
    until = loop.time() + within_s
    seen = await http.probe(canonical(url), "127.0.0.1", until)
    assert loop.time() < until + HELD_UP_S
    assert seen.facts.bytes <= BYTES_MAX
    assert LEAK_MARKER.encode() not in msgspec.json.encode(seen.facts) + repr(seen).encode()
    assert http._poller._waiters == {}
    return seen


@pytest.mark.parametrize("name", PACK)
async def test_a_probe_of_each_hostile_server_ends_in_time(name: str) -> None:
    """Silence, drips, bombs, floods and broken framing end in time, below the cap, unkept."""
    hostile = PACK[name]
    async with web_server(hostile.behave) as server:
        seen = await probed(
            f"http://x.example:{server.port}/", SHORT_S if hostile.short else DEADLINE_S
        )
    assert (seen.facts.error or seen.facts.status) in hostile.ends
    assert server.connections == seen.facts.requests


@pytest.mark.parametrize("name", ZOO)
async def test_each_redirect_is_followed_refused_or_the_answer_itself(name: str) -> None:
    """Redirects to anywhere: followed, refused by the gate, or the answer themselves."""
    location, end = ZOO[name]
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n{LEAK_MARKER}"
    wire = head.encode("utf-8" if "\u2460" in head else "latin-1")
    async with web_server(hostile_servers.raw(wire)) as server:
        seen = await probed(f"http://x.example:{server.port}/a/b")
    assert (seen.facts.error or seen.facts.status) == end
    assert server.connections == seen.facts.requests


@pytest.mark.parametrize("count", range(WHOLE + 1))
async def test_a_reset_at_each_byte(count: int) -> None:
    """A reset in the head is a reset; one behind its end hides nothing that was said."""
    async with web_server(reset_after(count)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    if count < WHOLE:
        assert seen.facts.error is ProbeError.RESET
    else:
        assert seen.facts.error is ProbeError.RESET or seen.facts.status == 200


def _limited(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = self_signed("other.example")
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # old versions are spoken on purpose
async def test_a_certificate_of_another_name_on_old_tls(version) -> None:
    """It is spoken with and recorded; nothing is enforced."""
    async with web_server(answers(response(200)), tls=_limited(version)) as server:
        seen = await probed(f"https://x.example:{server.port}/")
    assert (seen.facts.status, seen.facts.tls_valid) == (200, False)
    assert seen.facts.tls == {"TLSv1": "TLSv1", "TLSv1_2": "TLSv1.2"}[version.name]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"\x16\x03\x03\xff\xff" + b"x" * 70_000,
        LEAK_MARKER.encode(),
        b"\x16\x03\x01\x00\x04\x0e\x00\x00\x00",
        b"\x80" * 20_000,
    ],
    ids=["closed", "alert", "giant record", "plain text", "out of order", "not TLS"],
)
async def test_no_broken_handshake_hangs_or_brings_a_request_on_its_way(answer: bytes) -> None:
    """No handshake that is broken hangs, or brings a request on its way."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen = await probed(f"https://x.example:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert seen.facts.error in (ProbeError.TLS, ProbeError.RESET, ProbeError.TOO_LARGE)
    assert seen.facts.requests == 0


async def test_a_push_behind_tls_is_cut() -> None:
    """Behind TLS too no more than the cap is read, counted on the wire."""
    async with web_server(hostile_servers.push, tls=self_signed("x.example")) as server:
        seen = await probed(f"https://x.example:{server.port}/")
    assert seen.facts.status == 200
    assert seen.facts.bytes <= BYTES_MAX


async def test_the_hostile_do_not_delay_the_honest() -> None:
    """With 200 probes held by silent servers, an honest one is answered as if alone."""
    held_all, heads = asyncio.Event(), []

    async def hold(head: str, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        if len(heads) == 200:
            held_all.set()
        await silence(head, writer)

    async with web_server(hold) as bad, web_server(answers(response(200))) as good:
        http = HttpProber(
            ProberConfig(user_agent="watcher/1", rules=RULES),
            Clock(),
            KeyedHash(b"k" * 16),
            resolve,
        )
        until = asyncio.get_running_loop().time() + 60
        slow = canonical(f"http://x.example:{bad.port}/")
        held = [asyncio.create_task(http.probe(slow, "127.0.0.1", until)) for _ in range(200)]
        await held_all.wait()
        fast = canonical(f"http://x.example:{good.port}/")
        seen = await http.probe(fast, "127.0.0.1", until)
        assert not any(task.done() for task in held)
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        assert http._poller._waiters == {}
    assert seen.facts.status == 200
