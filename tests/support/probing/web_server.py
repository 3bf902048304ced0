"""Loopback servers of every temper, plain or TLS, that keep what they were asked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme

Behave = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
"""Answers one request, given as text."""


@dataclass
class WebServer:
    """The running server.

    Attributes:
        requests: heads of the requests, in order of arrival.
        connections: how many were accepted.
        at_once_most: most connections open at one time.
        sent_bytes: written by a behaviour that counts.
    """

    port: int = 0
    requests: list[str] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    at_once_most: int = 0
    sent_bytes: int = 0


@asynccontextmanager
async def web_server(
    behave: Behave,
    *,
    host: str | Sequence[str] = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[WebServer]:
    """Run a server, at one address or several, until the block ends."""
    state = WebServer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        state.connections += 1
        state.open += 1
        state.at_once_most = max(state.at_once_most, state.open)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            state.requests.append(head.decode("ascii"))
            await behave(state.requests[-1], writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            state.open -= 1
            tasks.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answers(*responses: str) -> Behave:
    """Answer each request with the next response; the last one stands."""
    left = list(responses)

    async def behave(_: str, writer: asyncio.StreamWriter) -> None:
        text = left.pop(0) if len(left) > 1 else left[0]
        writer.write(text.encode("latin-1"))
        await writer.drain()

    return behave


def response(status: int, *fields: str, body: str = "") -> str:
    """Return a response's text."""
    return "\r\n".join((f"HTTP/1.1 {status} Said", *fields, "", body))


def self_signed(host: str) -> ssl.SSLContext:
    """Return a server's context with a certificate that no system trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host).configure_cert(context)
    return context
