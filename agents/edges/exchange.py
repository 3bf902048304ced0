"""One request on one connection: judged, connected, asked, read to the end of the head, aborted.

Everything a server can do is bounded here: bytes on the wire (handshake included), bytes a read,
interim responses. Time is bounded by the caller's deadline, which cancels; the socket is aborted
on every way out. Nothing of the server's goes into an exception.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from agents.edges.response import Head, HeadReader, Malformed
from agents.edges.secure import Session, TlsFailed
from schemas.reasons import ProbeError
from streams.gate import Rules, judge

WIRE_BYTES_MAX: Final = 16_384
"""Read from a server on one connection: a handshake with four certificates and a head fit."""

READ_BYTES_MAX: Final = 2_048
"""Read at a time; the last read may carry that much of a body, which is dropped unread."""

RECEIVE_BUFFER_BYTES: Final = 4_096
"""What the kernel may take in ahead of us; it doubles the figure (socket(7), SO_RCVBUF)."""

_NO_ROUTE: Final = frozenset({errno.ENETUNREACH, errno.EAFNOSUPPORT, errno.EACCES, errno.EPERM})
_SILENT: Final = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN})
_RESET: Final = frozenset({errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.EPROTO})
_BIND_NO_PORT: Final = 24  # linux/in.h IP_BIND_ADDRESS_NO_PORT: the port is chosen at connect


class LookFailed(Exception):
    """A look ended without an answer.

    Attributes:
        error: why, from the closed list.
    """

    def __init__(self, error: ProbeError) -> None:
        """Keep the reason; the message holds nothing else."""
        super().__init__(error.value)
        self.error = error


class ProberFault(Exception):
    """The machine failed, not the server: no sockets, no memory, no such source address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is sent to whom.

    Attributes:
        address, port: where to connect; the gate judges the address.
        source: address to connect from, None = the system's choice.
        request: the request's bytes.
    """

    address: str = field(repr=False)
    port: int
    source: str | None = None
    request: bytes = field(repr=False)


class Exchange(asyncio.BufferedProtocol):
    """The protocol of one connection.

    Attributes:
        wire_bytes: read from the socket.
        bytes: read of the response, after TLS.
        secured_at, sent_at, first_at: loop times of handshake, request and first byte; 0 = not.
    """

    def __init__(
        self, request: bytes, session: Session | None, sending: Callable[[], None]
    ) -> None:
        """Take what to send.

        Args:
            request: the request's bytes.
            session: TLS, None for plain HTTP.
            sending: called just before the request goes out.
        """
        self._loop = asyncio.get_running_loop()
        self._request = request
        self._session = session
        self._sending = sending
        self._reader = HeadReader()
        self._buffer = bytearray(READ_BYTES_MAX)
        self._transport: asyncio.Transport | None = None
        self._done: asyncio.Future[Head] = self._loop.create_future()
        self.wire_bytes = 0
        self.bytes = 0
        self.secured_at = 0.0
        self.sent_at = 0.0
        self.first_at = 0.0

    async def head(self) -> Head:
        """Return the head of the final response.

        Raises:
            LookFailed: there is none.
        """
        return await self._done

    def abort(self) -> None:
        """Drop the connection at once, whatever is pending."""
        if not self._done.cancel() and not self._done.cancelled():
            self._done.exception()  # seen, so that nobody is told that it was not
        self._drop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake, or ask at once."""
        self._transport = transport  # type: ignore[assignment] # a stream's transport is one
        if self._session is None:
            self._ask()
        else:
            self._take(b"")

    def get_buffer(self, sizehint: int) -> memoryview:
        """Offer no more room than may still be read."""
        return memoryview(self._buffer)[: WIRE_BYTES_MAX - self.wire_bytes]

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        self.wire_bytes += nbytes
        if self._done.done():
            return
        self._take(bytes(self._buffer[:nbytes]))
        if not self._done.done() and self.wire_bytes >= WIRE_BYTES_MAX:
            self._fail(ProbeError.TOO_LARGE)

    def eof_received(self) -> bool:
        """End: the server has nothing more to say."""
        self._fail(ProbeError.RESET)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """End: the connection is gone."""
        self._fail(ProbeError.RESET)

    def _take(self, data: bytes) -> None:
        try:
            plain = data if self._session is None else self._decrypted(self._session, data)
            if plain:
                self.first_at = self.first_at or self._loop.time()
                self.bytes += len(plain)
                self._reader.feed(plain)
        except TlsFailed:
            self._fail(ProbeError.TLS)
        except Malformed:
            self._fail(ProbeError.PROTOCOL)
        else:
            if self._reader.head is not None:
                self._done.set_result(self._reader.head)
                self._drop()

    def _decrypted(self, session: Session, data: bytes) -> bytes:
        plain = session.receive(data)
        if session.established and not self.secured_at:
            self.secured_at = self._loop.time()
            self._ask()
        self._flush()
        return plain

    def _ask(self) -> None:
        self._sending()
        self.sent_at = self._loop.time()
        if self._session is None:
            self._write(self._request)
        else:
            self._session.send(self._request)

    def _flush(self) -> None:
        if self._session is not None and (pending := self._session.pending()):
            self._write(pending)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _fail(self, error: ProbeError) -> None:
        if not self._done.done():
            self._done.set_exception(LookFailed(error))
            self._drop()

    def _drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def dial(question: Question, rules: Rules) -> socket.socket:
    """Connect to the address of a question, if the gate lets it.

    Raises:
        LookFailed: the gate refused, or nobody answers there.
        ProberFault: the machine could not.
    """
    if not judge(question.address, rules).allowed:
        raise LookFailed(ProbeError.BLOCKED_POLICY)
    family = socket.AF_INET6 if ":" in question.address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise _failed(error) from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if question.source is not None and (":" in question.source) == (family == socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_IP, _BIND_NO_PORT, 1)
            sock.bind((question.source, 0))
        await asyncio.get_running_loop().sock_connect(sock, (question.address, question.port))
    except OSError as error:
        sock.close()
        raise _failed(error) from None
    except asyncio.CancelledError:
        sock.close()
        raise
    return sock


def _failed(error: OSError) -> LookFailed | ProberFault:
    """Tell what the server did from what the machine could not; the text names an address."""
    if isinstance(error, ConnectionRefusedError):
        return LookFailed(ProbeError.REFUSED)
    if error.errno in _SILENT or isinstance(error, TimeoutError):
        return LookFailed(ProbeError.TIMEOUT)
    if error.errno in _RESET:
        return LookFailed(ProbeError.RESET)
    if error.errno in _NO_ROUTE:  # this vantage cannot or may not go there: no word on the server
        return LookFailed(ProbeError.BLOCKED_POLICY)
    return ProberFault(errno.errorcode.get(error.errno or 0, "unknown"))
