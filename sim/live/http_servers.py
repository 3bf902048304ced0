"""Real HTTP servers for all hosters: one a loopback address, all on the same free port.

An answer is decided when the request is handled, from the world's clock. Every connection
carries one request, has a deadline, and ends with the answer.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Self

from sim.world.http_messages import Reply, Request

ReplyHandler = Callable[[Request], Reply | None]
"""Answers a request; None = hang up."""

HEAD_BYTES_MAX: Final = 16_384
"""A probe's request has some 300 bytes; common servers stop at 8 to 16 KiB."""

REQUEST_DEADLINE_S: Final = 10.0
"""A client that takes longer to ask is dropped; the monitor's own deadline is as long."""

DRIP_S: Final = 0.5
"""Between two bytes of an answer that never ends: no pause is long enough to look like an end."""

BACKLOG: Final = 512
"""Connections that wait; a burst of probes meets one address."""

_ATTEMPTS: Final = 20  # a port free at one address may be taken at another


class NoPort(Exception):
    """No port was free at all addresses."""


class Sites:
    """Serves some addresses; use it as an asynchronous context.

    Args:
        handlers: who answers, by address.
    """

    def __init__(self, handlers: Mapping[str, ReplyHandler]) -> None:
        """Open nothing yet."""
        self._handlers = dict(handlers)
        self._servers: list[asyncio.Server] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        """Bind one free port at every address.

        Raises:
            NoPort: there is none.
        """
        sockets = _bound(list(self._handlers))
        self.port = sockets[0].getsockname()[1]
        for sock, handler in zip(sockets, self._handlers.values(), strict=True):
            server = await asyncio.start_server(
                _serving(handler), sock=sock, limit=HEAD_BYTES_MAX, backlog=BACKLOG
            )
            self._servers.append(server)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all servers."""
        for server in self._servers:
            server.close()
        self._servers.clear()


def _bound(addresses: list[str]) -> list[socket.socket]:
    for _ in range(_ATTEMPTS):
        sockets: list[socket.socket] = []
        try:
            for address in addresses:
                sock = socket.socket()
                sockets.append(sock)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((address, sockets[0].getsockname()[1] if len(sockets) > 1 else 0))
        except OSError:
            for sock in sockets:
                sock.close()
        else:
            return sockets
    raise NoPort("no port is free at all addresses of the practice world")


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _serving(handler: ReplyHandler) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(REQUEST_DEADLINE_S):
                head = await reader.readuntil(b"\r\n\r\n")
                request = _parsed(head, writer.get_extra_info("peername")[0])
                reply = handler(request)
                if reply is not None:
                    await _send(reply, writer, body=request.method == "GET")
        writer.close()

    return serve


async def _send(reply: Reply, writer: asyncio.StreamWriter, *, body: bool) -> None:
    if not reply.drips:
        writer.write(_encoded(reply, body=body))
        await writer.drain()
        return
    for byte in _encoded(reply, body=False):  # longer than the deadline lets it go on
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(DRIP_S)


def _parsed(head: bytes, source: str) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    host = headers.get("host", "").lower().rpartition(":")
    return Request(
        method=method,
        source=source,
        agent=headers.get("user-agent", ""),
        host=host[0] or host[2],
        path=rest.partition(" ")[0].partition("?")[0],
    )


def _encoded(reply: Reply, *, body: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Type: {reply.type}",
        f"Content-Length: {reply.length}",
        "Connection: close",
    ]
    if reply.location:
        lines.append(f"Location: {reply.location}")
    if reply.etag:
        lines.append(f"ETag: {reply.etag}")
    lines += [f"{name}: {value}" for name, value in reply.fields]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + bytes(reply.length) if body else head
