"""One request on one connection: judged, connected, asked, read to the end of the head, dropped.

Everything a server can do is bounded here: bytes on the wire (handshake included), bytes a read,
interim responses, time. The socket is closed on every way out, a cancel included. Nothing of the
server's goes into an exception.

It is a state machine on a bare socket: between the gate and the kernel stands no library that might
connect elsewhere or read ahead. A transport with its buffers and tasks was most of a probe's cost.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from socket import SocketType
from time import monotonic
from typing import Final, Protocol, TypeAlias

from agents.edges.http_probe.connection import (
    ConnectRequest,
    ProbeFailed,
    ProberFault,
    failure,
    opened,
)
from agents.edges.http_probe.poller import Poller
from agents.edges.http_probe.response import Head, HeadReader, Malformed
from agents.edges.http_probe.tls import Session, TlsFailed
from schemas.closed_lists import ProbeError
from streams.probe.gate import Rules

READ_BYTES_MAX: Final = 2_048
"""Read at a time; the last read may carry that much of a body, which is dropped unread."""


class Carried(Protocol):
    """One request that is carried out; `Exchange` is one, see there for its attributes."""

    wire_bytes: int
    bytes: int
    begun_at: float
    connected_at: float
    secured_at: float
    sent_at: float
    first_at: float

    async def head(self, rules: Rules, until: float) -> Head:
        """Ask and return the head of the final response; see `Exchange.head`."""
        ...


Exchanges: TypeAlias = Callable[
    [ConnectRequest, Session | None, Callable[[], None], Poller], Carried
]
"""Makes what carries a request out; takes what `Exchange` takes."""


class Exchange:
    """One connection from the connect to the end of the head.

    Attributes:
        wire_bytes: read from the socket.
        bytes: read of the response, after TLS.
        begun_at, connected_at, secured_at, sent_at, first_at: when it began, the connection and
            the handshake stood, the request went out, the first byte came; 0 = not. Seconds of
            the monotonic clock.
    """

    __slots__ = (
        "_connect",
        "_done",
        "_poller",
        "_reader",
        "_sending",
        "_session",
        "_sock",
        "_step",
        "_unsent",
        "begun_at",
        "bytes",
        "connected_at",
        "first_at",
        "secured_at",
        "sent_at",
        "wire_bytes",
    )  # names, a few a line # fmt: skip

    def __init__(
        self,
        connect: ConnectRequest,
        session: Session | None,
        sending: Callable[[], None],
        poller: Poller,
    ) -> None:
        """Take what to send.

        Args:
            connect: what is sent to whom.
            session: TLS, None for plain HTTP.
            sending: called just before the request goes out.
            poller: waits on the socket.
        """
        self._connect = connect
        self._session = session
        self._sending = sending
        self._poller = poller
        self._reader: HeadReader | None = None  # made when there is something to read
        self._sock: SocketType | None = None
        self._step = 0
        self._unsent = b""
        self._done: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self.wire_bytes = 0
        self.bytes = 0
        self.begun_at = monotonic()
        self.connected_at = 0.0
        self.secured_at = 0.0
        self.sent_at = 0.0
        self.first_at = 0.0

    async def head(self, rules: Rules, until: float) -> Head:
        """Connect, if the gate lets it, ask, and return the head of the final response.

        Args:
            rules: of the gate.
            until: loop time at which it ends, whatever happens.

        Raises:
            ProbeFailed: the gate refused, or there is no response.
            ProberFault: the machine could not.
        """
        sock = opened(self._connect, rules)
        error = sock.connect_ex((self._connect.address, self._connect.port))
        if error and error != errno.EINPROGRESS:
            sock.close()
            raise failure(error)
        self._sock = sock
        self._step = self._poller.watch(sock.fileno(), self, until)
        try:
            return await self._done
        finally:
            self._drop()

    def expire(self) -> None:
        """End: the deadline is there."""
        self._end(ProbeFailed(ProbeError.TIMEOUT))

    def ready(self, *, more: bool) -> None:
        """Go on with whatever the socket is ready for; see `Waiter`."""
        sock = self._sock
        if sock is None:
            return
        if not self.connected_at:
            if more and (error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                self._end(failure(error))
                return
            self.connected_at = monotonic()
            if self._session is None:
                self._ask()
            else:
                self._take(b"")
        elif self._unsent:
            self._flush(sock)
        if more:
            self._read()

    def _read(self) -> None:
        """Take what is there, no more than may still be read; all of it, or nobody tells again."""
        wire_room = self._connect.wire_room
        if self._session is None:
            wire_room = min(wire_room, self._connect.room)
        while self._sock is not None:
            room = min(READ_BYTES_MAX, wire_room - self.wire_bytes)
            try:
                data = self._sock.recv(room)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""
            if not data:
                self._end(ProbeFailed(ProbeError.RESET))
                return
            self.wire_bytes += len(data)
            self._take(data)
            if self.wire_bytes >= wire_room or self.bytes >= self._connect.room:
                self._end(ProbeFailed(ProbeError.TOO_LARGE))

    def _take(self, data: bytes) -> None:
        try:
            plain = data if self._session is None else self._decrypted(self._session, data)
            if plain:
                self._feed(plain)
        except TlsFailed:
            self._end(ProbeFailed(ProbeError.TLS))
        except Malformed:
            self._end(ProbeFailed(ProbeError.PROTOCOL))

    def _feed(self, plain: bytes) -> None:
        reader = self._reader
        if reader is None:
            reader = self._reader = HeadReader()
            self.first_at = monotonic()
        plain = plain[: self._connect.room - self.bytes]  # a record of TLS opens to 16 KiB
        self.bytes += len(plain)
        reader.feed(plain)
        if reader.head is not None and not self._done.done():
            self._done.set_result(reader.head)
            self._drop()

    def _decrypted(self, session: Session, data: bytes) -> bytes:
        plain = session.receive(data)
        if session.established and not self.secured_at:
            self.secured_at = monotonic()
            self._ask()
        if pending := session.pending():
            self._send(pending)
        return plain

    def _ask(self) -> None:
        self._sending()
        self.sent_at = monotonic()
        if self._session is None:
            self._send(self._connect.request)
        else:
            self._session.send(self._connect.request)

    def _send(self, data: bytes) -> None:
        self._unsent += data
        if self._sock is not None:
            self._flush(self._sock)

    def _flush(self, sock: SocketType) -> None:
        try:
            self._unsent = self._unsent[sock.send(self._unsent) :]
        except (BlockingIOError, InterruptedError):
            pass  # told when there is room
        except OSError:
            self._end(ProbeFailed(ProbeError.RESET))

    def _end(self, why: ProbeFailed | ProberFault) -> None:
        if not self._done.done():
            self._done.set_exception(why)
        self._drop()

    def _drop(self) -> None:
        """Close the connection at once, whatever is pending."""
        sock, self._sock = self._sock, None
        if sock is not None:
            self._poller.forget(sock.fileno(), self._step)
            sock.close()
        if self._reader is not None:
            self._reader.close()
