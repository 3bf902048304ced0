"""Laws of the acceptor: caps come first, it is quiet without descriptors, TLS has deadlines."""

import asyncio
import os
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web
from structlog.testing import capture_logs
from waiting import until
from web_server import self_signed

from agents.edges.http_server import acceptor as module
from agents.edges.http_server.acceptor import Acceptor
from agents.edges.http_server.admission import Admission, ConnectionRefusal
from agents.edges.http_server.connection import Terms

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def page(_: web.Request) -> web.Response:
    return web.Response(text="page")


@asynccontextmanager
async def accepting(
    most: int = 1_000, of_address: int = 1_000, *, tls=None, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Acceptor, Admission]]:
    """Run a server with one page, without a deadline of ours that a test reaches."""
    app = web.Application()
    app.router.add_get("/", page)
    admission = Admission(most, of_address)
    acceptor = Acceptor(app, Terms(admission, 600.0, 600.0), 1.0)
    await acceptor.start(host, 0, tls)
    try:
        async with asyncio.timeout(60):
            yield acceptor, admission
    finally:
        await acceptor.stop()


async def connect(port: int, address: str = "127.0.0.1") -> asyncio.StreamReader:
    """Connect from an address of loopback and say nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    reader.kept = writer  # a writer that nobody holds closes the connection
    return reader


async def ask(port: int, address: str = "127.0.0.1") -> bytes:
    """Ask for the page and return all that comes."""
    reader = await connect(port, address)
    reader.kept.write(ASKED)
    return await reader.read()


async def test_an_address_over_its_cap_is_refused_at_once_and_others_are_not():
    """The third of an address is closed before it says a word; another address is answered."""
    async with accepting(of_address=2) as (acceptor, admission):
        held = [await connect(acceptor.port) for _ in range(3)]
        assert await held[2].read() == b""
        assert (await ask(acceptor.port, "127.0.0.2")).endswith(b"page")
        assert admission.refused == {ConnectionRefusal.ADDRESS: 1}


async def test_a_full_server_takes_a_newcomer_for_the_oldest_of_the_crowd():
    """All places are one address's: the first that says nothing makes room."""
    async with accepting(most=4) as (acceptor, admission):
        held = [await connect(acceptor.port) for _ in range(4)]
        assert await asyncio.to_thread(until, lambda: len(admission) == 4)
        assert (await ask(acceptor.port, "127.0.0.2")).endswith(b"page")
        assert await held[0].read() == b""
        assert admission.refused == {ConnectionRefusal.DISPLACED: 1}


async def test_without_descriptors_it_rests_and_says_so_once(monkeypatch):
    """Connections wait in the kernel, no traceback is written, and all are answered afterwards."""
    monkeypatch.setattr(module, "REST_S", 0.02)
    with capture_logs() as said:
        async with accepting() as (acceptor, admission):
            callers = [socket.socket() for _ in range(20)]
            with no_descriptors():
                for caller in callers:
                    caller.connect(("127.0.0.1", acceptor.port))
                    caller.sendall(ASKED)
                assert await asyncio.to_thread(
                    until, lambda: admission.refused[ConnectionRefusal.DESCRIPTORS] >= 3
                )
                assert len(admission) == 0
            for caller in callers:
                assert (await asyncio.to_thread(all_of, caller)).endswith(b"page")
    assert [one["event"] for one in said] == ["no descriptors are left: connections wait"]


async def test_over_tls_the_answer_is_the_same():
    """Whoever agrees on TLS is answered, and counted in the same places."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    async with accepting(tls=self_signed("localhost")) as (acceptor, admission):
        reader, writer = await asyncio.open_connection("127.0.0.1", acceptor.port, ssl=trusting)
        writer.write(ASKED)
        assert (await reader.read()).endswith(b"page")
        writer.close()
        assert await asyncio.to_thread(until, lambda: len(admission) == 0)


async def test_who_does_not_agree_on_tls_holds_no_place(monkeypatch):
    """A handshake has a deadline, and what is none is ended; both free their places."""
    monkeypatch.setattr(module, "TLS_DEADLINE_S", 0.3)
    async with accepting(tls=self_signed("localhost")) as (acceptor, admission):
        silent = await connect(acceptor.port)
        assert (await ask(acceptor.port)).count(b"HTTP") == 0
        assert await silent.read() == b""
        assert await asyncio.to_thread(until, lambda: len(admission) == 0)


async def test_a_handshake_that_is_displaced_ends_at_once():
    """A newcomer's place is free though the crowd agrees on nothing yet."""
    async with accepting(most=4, tls=self_signed("localhost")) as (acceptor, admission):
        held = [await connect(acceptor.port) for _ in range(4)]
        assert await asyncio.to_thread(until, lambda: len(admission) == 4)
        newcomer = await connect(acceptor.port, "127.0.0.2")
        assert await held[0].read() == b""
        assert await asyncio.to_thread(until, lambda: len(admission) == 4)
        newcomer.kept.close()


async def test_it_listens_at_every_address_of_a_name():
    """`localhost` is answered over IPv4, and over IPv6 where the machine has it."""
    async with accepting(host="localhost") as (acceptor, _):
        assert (await ask(acceptor.port)).endswith(b"page")


async def test_a_stop_ends_connections_that_say_nothing():
    """Nobody waits for a connection without a request."""
    async with accepting() as (acceptor, admission):
        held = await connect(acceptor.port)
        assert await asyncio.to_thread(until, lambda: len(admission) == 1)
        await acceptor.stop()
        assert await held.read() == b""


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Let this process open nothing more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    spare = os.open(os.devnull, os.O_RDONLY)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, before[1]))
    os.close(spare)
    taken = []
    try:
        while True:
            try:
                taken.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                break
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for one in taken:
            os.close(one)


def all_of(caller: socket.socket) -> bytes:
    """Return all that comes until the server closes."""
    with caller:
        caller.settimeout(60)
        return b"".join(iter(lambda: caller.recv(65_536), b""))
