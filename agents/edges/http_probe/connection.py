"""A socket from which to connect where the gate lets it, and what its errors say of the server."""

import errno
import socket
from socket import SocketType
from typing import Final

import msgspec

from schemas.closed_lists import ProbeError
from streams.probe.gate import Rules, judge

RESPONSE_BYTES_MAX: Final = 16_384
"""Read of a response, after TLS, unless a probe has less left."""


CONNECTION_BYTES_MAX: Final = 65_536
"""Read on a connection, handshake included, unless a probe has less left."""


RECEIVE_BUFFER_BYTES: Final = 4_096
"""What the kernel may take in ahead of us; it doubles the figure (socket(7), SO_RCVBUF)."""


_NO_ROUTE: Final = frozenset({errno.ENETUNREACH, errno.EAFNOSUPPORT, errno.EACCES, errno.EPERM})


_SILENT: Final = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN})


_RESET: Final = frozenset({errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE, errno.EPROTO})


_BIND_NO_PORT: Final = 24  # linux/in.h IP_BIND_ADDRESS_NO_PORT: the port is chosen at connect


class ProbeFailed(Exception):
    """A probe ended without an answer.

    Attributes:
        error: why, from the closed list.
    """

    def __init__(self, error: ProbeError) -> None:
        """Keep the reason; the message holds nothing else."""
        super().__init__(error.value)
        self.error = error


class ProberFault(Exception):
    """The machine failed, not the server: no sockets, no memory, no such source address."""


class ConnectRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is sent to whom.

    Attributes:
        address, port: where to connect; the gate judges the address.
        source: address to connect from, None = the system's choice.
        request: the request's bytes.
        room: bytes that may be read of the response, after TLS.
        wire_room: bytes that may be read on the connection.
    """

    address: str
    port: int
    source: str | None = None
    request: bytes
    room: int = RESPONSE_BYTES_MAX
    wire_room: int = CONNECTION_BYTES_MAX

    def __repr__(self) -> str:
        """Show nothing of what it names."""
        return f"ConnectRequest(port={self.port})"


def opened(connect: ConnectRequest, rules: Rules) -> SocketType:
    """Return a socket from which to connect to the address of a request, if the gate lets it.

    Raises:
        ProbeFailed: the gate refused, or the family is not spoken here.
        ProberFault: the machine could not.
    """
    if not judge(connect.address, rules).allowed:
        raise ProbeFailed(ProbeError.BLOCKED_POLICY)
    family = socket.AF_INET6 if ":" in connect.address else socket.AF_INET
    try:
        sock = SocketType(
            family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK
        )  # without its Python half
    except OSError as error:
        raise failure(error.errno or 0) from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if connect.source is not None and (":" in connect.source) == (family == socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_IP, _BIND_NO_PORT, 1)
            sock.bind((connect.source, 0))
    except OSError as error:
        sock.close()
        raise failure(error.errno or 0) from None
    return sock


def failure(number: int) -> ProbeFailed | ProberFault:
    """Tell what the server did from what the machine could not.

    Args:
        number: of the error; its text would name an address.
    """
    if number == errno.ECONNREFUSED:
        return ProbeFailed(ProbeError.CONNECTION_REFUSED)
    if number in _SILENT:
        return ProbeFailed(ProbeError.TIMEOUT)
    if number in _RESET:
        return ProbeFailed(ProbeError.RESET)
    if number in _NO_ROUTE:  # this vantage cannot or may not go there: no word on the server
        return ProbeFailed(ProbeError.BLOCKED_POLICY)
    return ProberFault(errno.errorcode.get(number, "unknown"))
