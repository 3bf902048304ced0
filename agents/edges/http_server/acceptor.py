"""Listens for an HTTP server of ours: caps, deadlines, and quiet where descriptors run out.

asyncio's own loop of accepts takes whoever comes, and writes a traceback for each connection it
has no descriptor for.
"""

import asyncio
import errno
import socket
import ssl
import time
from pathlib import Path
from typing import Final

from aiohttp import web

from agents.edges.http_server.admission import ConnectionRefusal, client_network
from agents.edges.http_server.connection import Connection, Terms, timed, unnamed
from agents.errors import UserError
from agents.process.log import log

BACKLOG: Final = 1_024
"""Connections that the kernel holds for us; a burst of more is sent again by their kernels."""

ACCEPTING_S: Final = 0.001
"""Then the loop answers who is in already: a crowd that knocks delays nobody by more a turn."""

REST_S: Final = 0.5
"""Without descriptors nothing is accepted for so long; others pass their deadlines meanwhile."""

SAID_EVERY_S: Final = 60.0
"""A line about missing descriptors is written at most so often."""

TLS_DEADLINE_S: Final = 10.0
TLS_CLOSE_S: Final = 2.0

_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


def tls_of(cert_file: Path | None, key_file: Path | None, of: str) -> ssl.SSLContext | None:
    """Return what agrees on TLS with a certificate; None without one.

    Args:
        cert_file: PEM file of the certificate.
        key_file: PEM file of its key; None = it stands in the first.
        of: the part of the settings that names them.

    Raises:
        UserError: they cannot be read.
    """
    if cert_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert_file, key_file)
    except OSError:  # ssl.SSLError is one
        raise UserError(f"{of}.cert_file and {of}.key_file cannot be read as PEM") from None
    return context


class Acceptor:
    """Serves an application at one address and port.

    Args:
        app: what answers; it gets our middleware and signal.
        terms: what holds for connections.
        stop_deadline_s: time for requests in hand when it stops, in seconds.
    """

    def __init__(self, app: web.Application, terms: Terms, stop_deadline_s: float) -> None:
        app.middlewares.insert(0, timed)
        app.on_response_prepare.append(unnamed)
        self._runner = web.AppRunner(app, shutdown_timeout=stop_deadline_s)
        self._terms = terms
        self._tls: ssl.SSLContext | None = None
        self._sockets: list[socket.socket] = []
        self._coming: set[asyncio.Task[None]] = set()
        self._said_at_s = float("-inf")
        self.port = 0

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be listened at.
        """
        loop = asyncio.get_running_loop()
        self._tls = tls
        await self._runner.setup()
        try:
            found = await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            for family, _, _, _, address in dict.fromkeys(found):
                self._sockets.append(
                    socket.create_server(address[:2], family=family, backlog=BACKLOG)
                )
        except OSError:
            await self.stop()
            raise
        for listening in self._sockets:
            listening.setblocking(False)
            loop.add_reader(listening, self._accept, listening)
        self.port = int(self._sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening, answer what is in hand and end all connections."""
        self.close()
        for task in self._coming:
            task.cancel()
        await self._runner.cleanup()

    def close(self) -> None:
        """Stop listening; connections go on."""
        loop = asyncio.get_running_loop()
        for listening in self._sockets:
            loop.remove_reader(listening)
            listening.close()
        self._sockets.clear()

    def _accept(self, listening: socket.socket) -> None:
        until_s = time.monotonic() + ACCEPTING_S
        while time.monotonic() < until_s:
            try:
                taken, address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._rest(listening)
                    return
                continue  # the newcomer has gone already
            self._take(taken, client_network(address[0]))

    def _rest(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._terms.admission.refused[ConnectionRefusal.DESCRIPTORS] += 1
        if loop.time() - self._said_at_s > SAID_EVERY_S:
            self._said_at_s = loop.time()
            log("web").error("no descriptors are left: connections wait")
        loop.remove_reader(listening)
        loop.call_later(REST_S, self._again, listening)

    def _again(self, listening: socket.socket) -> None:
        if listening in self._sockets:
            asyncio.get_running_loop().add_reader(listening, self._accept, listening)

    def _take(self, taken: socket.socket, network: str) -> None:
        server = self._runner.server
        if server is None or not self._terms.admission.admits(network):
            taken.close()
            return
        taken.setblocking(False)
        connection = Connection(server, self._terms, network)
        task = asyncio.create_task(self._connect(taken, connection))
        connection.coming = task
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _connect(self, taken: socket.socket, connection: Connection) -> None:
        deadlines = {}
        if self._tls is not None:
            deadlines = {
                "ssl_handshake_timeout": TLS_DEADLINE_S,
                "ssl_shutdown_timeout": TLS_CLOSE_S,
            }
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, taken, ssl=self._tls, **deadlines
            )
        except OSError:  # ssl.SSLError and TimeoutError are: it speaks no TLS, or no more
            connection.gone()
        except asyncio.CancelledError:
            connection.gone()
            raise
