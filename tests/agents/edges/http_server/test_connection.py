"""Laws of a connection to one of our HTTP servers: deadlines, and answers that hold no input."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from malformed_http import KINDS, LEAK_MARKER, malformed, request
from waiting import until

from agents.edges.http_server.acceptor import Acceptor
from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.http_server.connection import FIELD_BYTES_MAX, FIELDS_MAX, Terms

SOON_S = 0.3
"""A deadline that a test waits out."""

HEARD_S = 3.0
"""One before which a slow machine has read what was sent."""

NEVER_S = 600.0
"""A deadline that no test waits out."""

ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")


@dataclass
class Served:
    """A running server."""

    port: int
    admission: Admission
    going: asyncio.Event

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, *parts: bytes) -> bytes:
        """Send, and return all that comes until the server closes."""
        reader, writer = await self.open()
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
        except ConnectionError:  # refused with bytes of ours unread
            return b""
        finally:
            writer.close()


@asynccontextmanager
async def served(*, head_s: float = NEVER_S, request_s: float = NEVER_S) -> AsyncIterator[Served]:
    """Run a server with a page, one that fails, one that waits and one that takes a body."""
    going = asyncio.Event()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="page")

    async def fails(_: web.Request) -> web.Response:
        raise ValueError(LEAK_MARKER)

    async def waits(_: web.Request) -> web.Response:
        await going.wait()
        return web.Response(text="late")

    async def takes(asked: web.Request) -> web.Response:
        return web.Response(text=str(len(await asked.read())))

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=bytes(64 * 1_048_576))

    app = web.Application()
    app.router.add_get("/healthz", page)
    app.router.add_get("/fails", fails)
    app.router.add_get("/waits", waits)
    app.router.add_get("/large", large)
    app.router.add_post("/v1/records", takes)
    admission = Admission(1_000, 1_000)
    acceptor = Acceptor(app, Terms(admission, request_s, head_s), 1.0)
    await acceptor.start("127.0.0.1", 0, None)
    try:
        async with asyncio.timeout(60):
            yield Served(acceptor.port, admission, going)
    finally:
        await acceptor.stop()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /healthz HTTP/1.1\r\nX-Half: ", request(b"GET /healthz HTTP/1.1")]
)
async def test_who_sends_no_whole_head_is_ended(sent):
    """Nothing, half a head, or nothing after an answer: the head's deadline ends them all."""
    async with served(head_s=HEARD_S if sent else SOON_S) as at:
        assert (await at.ask(sent)).count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n")
        assert at.admission.refused[ConnectionRefusal.SLOW] == int(sent.endswith(b": "))
        assert len(at.admission) == 0


async def test_slow_bytes_do_not_extend_the_head_deadline():
    """A head that comes byte by byte is ended all the same."""
    async with served(head_s=SOON_S) as at:
        reader, writer = await at.open()
        ended = asyncio.create_task(reader.read())
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        while not ended.done():
            writer.write(b"X: 1\r\n")
            await asyncio.wait([ended], timeout=SOON_S / 10)
        assert at.admission.refused[ConnectionRefusal.SLOW] == 1


@pytest.mark.parametrize(
    "unended",
    [
        b"GET /" + b"x" * (FIELD_BYTES_MAX + 64),
        b"GET / HTTP/1.1\r\nX: " + b"x" * (FIELD_BYTES_MAX + 64),
        b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * (FIELDS_MAX + 2),
    ],
)
async def test_a_head_without_end_is_refused_once_it_is_too_long(unended):
    """Thousands of them, each as long as it may be, fill no memory: none waits for its deadline."""
    async with served() as at:
        reader, writer = await at.open()
        writer.write(unended)
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_a_body_that_does_not_come_is_ended():
    """The request's deadline begins with its whole head, and ends what waits for the body."""
    async with served(request_s=SOON_S) as at:
        head = request(b"POST /v1/records HTTP/1.1", b"Content-Length: 9")
        assert await at.ask(head, b"half") == b""
        assert at.admission.refused[ConnectionRefusal.SLOW] == 1


async def test_an_answer_that_nobody_reads_is_given_up():
    """64 MiB that the other side does not take hold no connection open."""
    async with served(head_s=SOON_S) as at:
        _, writer = await at.open()
        writer.transport.pause_reading()
        writer.write(request(b"GET /large HTTP/1.1"))
        assert await asyncio.to_thread(until, lambda: len(at.admission) == 1)
        assert await asyncio.to_thread(until, lambda: len(at.admission) == 0)
        writer.close()


async def test_a_request_that_is_worked_on_outlives_the_deadline_of_heads():
    """While a handler works nothing is expected of who asked."""
    async with served(head_s=SOON_S) as at:
        asked = asyncio.create_task(at.ask(request(b"GET /waits HTTP/1.1", b"Connection: close")))
        _, pending = await asyncio.wait([asked], timeout=3 * SOON_S)
        assert pending
        at.going.set()
        assert (await asked).endswith(b"late")


async def test_no_answer_names_the_program_or_holds_what_was_sent(capfd, caplog):
    """Malformed requests of every kind, and a handler that fails: statuses, and nothing else."""
    async with served(head_s=2.0, request_s=2.0) as at:
        sent = [*malformed(6 * len(KINDS)), request(b"GET /fails HTTP/1.1", b"Connection: close")]
        answers = [
            answer
            for at_once in range(0, len(sent), 50)
            for answer in await asyncio.gather(*map(at.ask, sent[at_once : at_once + 50]))
        ]
    assert answers[-1].startswith(b"HTTP/1.1 500 ")
    assert {b"400", b"404"} <= {status for one in answers for status in ANSWER.findall(one)}
    for answer in answers:
        assert b"server:" not in answer.lower()
        assert LEAK_MARKER.encode() not in answer
    assert LEAK_MARKER not in caplog.text + "".join(capfd.readouterr())
    assert len(at.admission) == 0


def test_the_malformed_are_the_same_each_time():
    """A seed gives the same requests; nearly all hold the leak marker, so that a leak is seen."""
    once, again = list(malformed(200)), list(malformed(200))
    assert once == again
    assert sum(LEAK_MARKER.encode() in one for one in once) > 160
