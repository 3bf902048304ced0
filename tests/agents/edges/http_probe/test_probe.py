"""The probe of real loopback servers, most of them hostile."""

import asyncio
import socket
import ssl
import struct

import pytest
import trustme
from one_probe import BODY, DEADLINE_S, LOOPBACK, SHORT_S, hashed, nowhere, probed
from web_server import answers, response, self_signed, web_server

from agents.clock import Clock
from agents.edges.http_probe.exchange import Exchange
from agents.edges.http_probe.get_comparison import Compare
from agents.edges.http_probe.probe import REDIRECTS_MAX, HttpProber, ProberConfig
from schemas.closed_lists import ProbeError, Target
from schemas.codec import FACT
from schemas.identity.ids import canonical
from schemas.records.facts import Observation
from streams.probe.gate import Rules


async def test_facts_are_what_an_honest_head_says() -> None:
    """Facts are what the head says, in closed forms; times follow each other."""
    head = response(
        200,
        'Content-Type: Image/JPEG; name="x"',
        "Content-Length: 4711",
        'ETag: "abc"',
        "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT",
        "Age: 60",
        "X-Cache: HIT from edge",
    )
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://pics.example:{server.port}/a/b.jpg?x=1")
    facts = seen.facts
    assert (facts.error, facts.status, facts.type, facts.length) == (None, 200, "image/jpeg", 4711)
    assert facts.etag_key == hashed("etag", '"abc"')
    assert (facts.modified, facts.age_s, facts.cached) == (784_903_526_000, 60, True)
    assert (facts.requests, facts.hops, facts.method, facts.tls) == (1, 0, "HEAD", "none")
    assert facts.bytes == len(head)
    assert seen.sent_at <= seen.done_at
    assert server.requests == [
        (
            "HEAD /a/b.jpg?x=1 HTTP/1.1\r\n"
            f"Host: pics.example:{server.port}\r\n"
            "User-Agent: watcher/1\r\n"
            "Accept: */*\r\n"
            "Accept-Encoding: identity\r\n"
            "Connection: close\r\n\r\n"
        )
    ]


async def test_a_body_after_head_is_dropped() -> None:
    """HEAD answered with a body is online, and nothing of the body is in the result."""
    head = response(200, "Content-Type: text/html", body=BODY * 100)
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    observation = Observation(
        url_key="0" * 32,
        order_id="o",
        case_id="c",
        hoster="h",
        vantage="v",
        target=Target.URL,
        slot_at=0,
        sent_at=seen.sent_at,
        done_at=seen.done_at,
        facts=seen.facts,
    )
    assert seen.facts.status == 200
    assert BODY.encode() not in FACT.encode(observation)


async def test_a_push_without_end_is_cut() -> None:
    """A server that pushes 100 MB behind its head gets rid of no more than sockets buffer."""
    pushed = 0

    async def push(_: str, writer: asyncio.StreamWriter) -> None:
        nonlocal pushed
        writer.write(response(200).encode())
        for _chunk in range(1_600):
            writer.write(BODY.encode() * 4_096)
            await writer.drain()
            pushed += 4_096 * len(BODY)

    async with web_server(push) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert seen.facts.status == 200
    assert seen.facts.bytes <= 2_048
    assert pushed < 16_000_000


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\n" + "".join(f"X-{i}: {'y' * 8_000}\r\n" for i in range(120)) + "\r\n",
        "HTTP/1.1 200 OK\r\nX: " + "y" * 40_000,
        "HTTP/1.1 200 OK\r\n" + "a:b\r\n" * 10_000,
        "HTTP/1.1 200 " + "y" * 40_000,
    ],
    ids=["bomb", "endless value", "endless fields", "endless reason"],
)
async def test_a_head_over_the_cap(head: str) -> None:
    """A head over 16 KiB is given up at the cap."""
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert seen.facts.error is ProbeError.TOO_LARGE
    assert seen.facts.bytes == 16_384


@pytest.mark.parametrize(
    "head",
    [
        "hello\r\n\r\n",
        "<html>old</html>",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\n" * 4 + response(200),
        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 100_000,
        "\x16\x03\x01\x00\x05hello",
    ],
)
async def test_what_is_no_http_response_is_a_protocol_error(head: str) -> None:
    """What is no HTTP/1 response, or has more than 3 interim ones, is a protocol error."""
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert seen.facts.error is ProbeError.PROTOCOL


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 3 + response(200), 200),
        ("HTTP/1.1 200\r\n\r\n", 200),
        ("HTTP/1.0 404 Gone\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 404),
        ("HTTP/1.1 200 OK\nContent-Type: text/html\n\n", 200),
        ("HTTP/1.1 999 Denied\r\n\r\n", 999),
        ("HTTP/1.1 204 None\r\nContent-Type: \xff\xfe\r\n\r\n", 204),
    ],
)
async def test_harmless_faults_of_a_head_are_read(head: str, status: int) -> None:
    """Faults that no browser minds and that cannot mislead us do not hide a page."""
    async with web_server(answers(head)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert (seen.facts.error, seen.facts.status) == (None, status)
    assert "Link" not in repr(seen)


async def drip(_: str, writer: asyncio.StreamWriter) -> None:
    """Send a head byte by byte, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"y")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silence(_: str, _writer: asyncio.StreamWriter) -> None:
    """Say nothing, for ever."""
    await asyncio.Event().wait()


@pytest.mark.parametrize("behave", [drip, silence])
async def test_a_slow_server_is_left_at_the_deadline(behave) -> None:
    """A server that takes its time is left at the deadline."""
    async with web_server(behave) as server:
        seen = await probed(f"http://x.example:{server.port}/", within_s=SHORT_S)
    assert seen.facts.error is ProbeError.TIMEOUT
    assert seen.facts.requests == 1


async def test_a_handshake_that_never_ends() -> None:
    """Slow TLS is left at the deadline too; no request was sent."""
    held = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    seen = await probed(f"https://x.example:{port}/", within_s=SHORT_S)
    held.set()
    server.close()
    assert (seen.facts.error, seen.facts.requests) == (ProbeError.TIMEOUT, 0)
    assert seen.facts.tls_ms > 0


@pytest.mark.parametrize(
    ("banner", "error"),
    [(b"220 mail.example ESMTP\r\n\r\n", ProbeError.PROTOCOL), (b"", ProbeError.RESET)],
)
async def test_a_server_that_speaks_first(banner: bytes, error: ProbeError) -> None:
    """What comes before the request was sent, or an end that does, is seen at once."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        if not banner:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen = await probed(f"http://x.example:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert seen.facts.error is error


async def hang_up(_: str, writer: asyncio.StreamWriter) -> None:
    """Reset the connection."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("cut", range(0, 30, 3))
async def test_an_end_within_the_head_is_a_reset(cut: int) -> None:
    """An end at any byte of the head is a reset, whether the server said good-bye or not."""
    text = response(200, "Content-Type: text/html")[:cut]
    async with web_server(answers(text)) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert seen.facts.error is ProbeError.RESET


async def test_a_reset_and_a_refusal() -> None:
    """A reset and a refused connection are told apart."""
    async with web_server(hang_up) as server:
        seen = await probed(f"http://x.example:{server.port}/")
    assert seen.facts.error is ProbeError.RESET
    seen = await probed(f"http://x.example:{server.port}/")
    assert (seen.facts.error, seen.facts.requests) == (ProbeError.CONNECTION_REFUSED, 0)


async def test_a_certificate_nobody_trusts() -> None:
    """Content behind it is online; that it does not hold is recorded."""
    async with web_server(answers(response(200)), tls=self_signed("x.example")) as server:
        seen = await probed(f"https://x.example:{server.port}/")
    assert (seen.facts.error, seen.facts.status) == (None, 200)
    assert (seen.facts.tls, seen.facts.tls_valid) == ("TLSv1.3", False)
    assert seen.facts.tls_ms >= 0


async def test_no_tls_behind_https() -> None:
    """A plain answer to a handshake is a TLS error."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(response(400).encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen = await probed(f"https://x.example:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert seen.facts.error is ProbeError.TLS


async def test_get_only_where_head_is_refused() -> None:
    """405 is asked again with a GET of one byte; the length is the whole's."""
    part = response(206, "Content-Range: bytes 0-0/4711", "Content-Length: 1", body=BODY)
    async with web_server(answers(response(405), part)) as server:
        seen = await probed(f"http://x.example:{server.port}/a")
    assert (seen.facts.status, seen.facts.length, seen.facts.method) == (206, 4711, "GET")
    assert (seen.facts.requests, server.connections) == (2, 2)
    assert "Range: bytes=0-0\r\n" in server.requests[1]


async def test_without_an_exception_loopback_is_denied() -> None:
    """The gate stands at the socket: the same probe without the practice world's exception."""
    async with web_server(answers(response(200))) as server:
        seen = await probed(f"http://x.example:{server.port}/", rules=Rules())
    assert (seen.facts.error, server.connections) == (ProbeError.BLOCKED_POLICY, 0)


async def test_a_vantage_connects_from_its_own_address() -> None:
    """A vantage connects from its own address."""
    peers = []

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        writer.write(response(200).encode())

    async with web_server(behave) as server:
        await probed(f"http://x.example:{server.port}/", source="127.0.0.77")
    assert peers == ["127.0.0.77"]


def fat_certificate(names: int) -> ssl.SSLContext:
    """Return a server's context whose certificate names so many hosts, 20 bytes each."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    hosts = [f"h{number:05}.pics.example" for number in range(names)]
    trustme.CA().issue_cert("127.0.0.1", *hosts).configure_cert(context)
    context.num_tickets = 0
    return context


@pytest.mark.parametrize("compare", [Compare.NONE, Compare.ALL])
async def test_a_probe_reads_no_more_than_its_share_of_all_connections(compare):
    """Handshakes of hops that lead on and on, and of the GET after them, count together."""
    made: list[Exchange] = []

    class Kept(Exchange):
        def __init__(self, *args) -> None:
            super().__init__(*args)
            made.append(self)

    async def lead_on(head: str, writer: asyncio.StreamWriter) -> None:
        deep = head.split()[1].count("/x")
        last = head.startswith("HEAD") and deep >= REDIRECTS_MAX
        to = response(200) if last else response(302, f"Location: {head.split()[1]}/x")
        await answers(to)(head, writer)

    async with web_server(lead_on, tls=fat_certificate(600)) as server:
        config = ProberConfig(user_agent="w/1", rules=LOOPBACK)
        http = HttpProber(config, Clock(), hashed, nowhere, Kept)
        until = asyncio.get_running_loop().time() + DEADLINE_S
        url = canonical(f"https://127.0.0.1:{server.port}/a")
        seen = await http.probe(url, "127.0.0.1", until, compare=compare)
    assert seen.facts.error is ProbeError.TOO_LARGE
    assert len(made) > 2
    assert sum(exchange.wire_bytes for exchange in made) <= 65_536
    assert seen.facts.bytes == sum(exchange.bytes for exchange in made) <= 16_384


async def test_a_record_of_tls_gets_nothing_past_the_limit() -> None:
    """What is decrypted at once can be 16 KiB; of a head that never ends no more are read."""
    endless = "HTTP/1.1 200 OK\r\n" + "".join(f"X-{n}: {'y' * 1_000}\r\n" for n in range(40))
    async with web_server(answers(endless), tls=self_signed("127.0.0.1")) as server:
        seen = await probed(f"https://127.0.0.1:{server.port}/")
    assert (seen.facts.error, seen.facts.bytes) == (ProbeError.TOO_LARGE, 16_384)
