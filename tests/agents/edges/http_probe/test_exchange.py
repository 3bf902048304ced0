"""What the machine does is told from what a server does."""

import asyncio
import errno
import socket
from contextlib import closing
from pathlib import Path

import pytest
from web_server import web_server

from agents.edges.http_probe.connection import (
    RESPONSE_BYTES_MAX,
    ConnectRequest,
    ProbeFailed,
    ProberFault,
    failure,
    opened,
)
from agents.edges.http_probe.exchange import Exchange
from agents.edges.http_probe.poller import Poller
from schemas.closed_lists import ProbeError
from streams.probe.gate import Rules

LOOPBACK = Rules.of(exceptions=("127.0.0.0/8", "::1/128"))


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ECONNREFUSED, ProbeError.CONNECTION_REFUSED),
        (errno.ECONNRESET, ProbeError.RESET),
        (errno.ETIMEDOUT, ProbeError.TIMEOUT),
        (errno.EHOSTUNREACH, ProbeError.TIMEOUT),
        (errno.ENETUNREACH, ProbeError.BLOCKED_POLICY),
        (errno.EPERM, ProbeError.BLOCKED_POLICY),
    ],
)
def test_errors_of_a_connect(number: int, error: ProbeError) -> None:
    """Each is one of the closed list, whatever its text names."""
    failed = failure(number)
    assert isinstance(failed, ProbeFailed)
    assert (failed.error, str(failed)) == (error, error.value)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL])
def test_faults_of_the_machine(number: int) -> None:
    """They are nobody's verdict; the process stops, and the text is the error's name."""
    failed = failure(number)
    assert isinstance(failed, ProberFault)
    assert str(failed) == errno.errorcode[number]


async def test_a_source_address_that_is_not_ours() -> None:
    """A vantage set up with an address the machine has not stops instead of using another."""
    connect = ConnectRequest(address="127.0.0.1", port=9, source="192.0.2.1", request=b"")
    with pytest.raises(ProberFault, match="EADDRNOTAVAIL"):
        opened(connect, LOOPBACK)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "x.example"])
async def test_the_gate_stands_before_the_socket(address: str) -> None:
    """A denied address gets no socket, and a name is none."""
    with pytest.raises(ProbeFailed, match="blocked_policy"):
        opened(ConnectRequest(address=address, port=80, request=b""), LOOPBACK)


async def test_the_kernel_takes_little_ahead() -> None:
    """The receive buffer is bounded before the connect, when the window is agreed on."""
    connect = ConnectRequest(address="127.0.0.1", port=9, request=b"")
    with closing(opened(connect, LOOPBACK)) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * 4_096


@pytest.mark.parametrize("step", [1, 700, 1_900, 60_000])
async def test_no_more_is_read_than_the_cap(step: int) -> None:
    """Reads of odd lengths add up to the cap and not beyond it."""
    head = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2 * RESPONSE_BYTES_MAX

    async def send(_: str, writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(head), step):
            writer.write(head[start : start + step])
            await writer.drain()

    async with web_server(send) as server:
        exchange = asked(server.port)
        with pytest.raises(ProbeFailed, match="too_large"):
            await exchange.head(LOOPBACK, in_time())
    assert exchange.wire_bytes == exchange.bytes == RESPONSE_BYTES_MAX


async def test_a_request_larger_than_the_kernel_takes() -> None:
    """What the kernel has no room for at once is sent when it has; nothing of it is lost."""
    request = b"HEAD / HTTP/1.1\r\nX: " + b"y" * 8_000_000 + b"\r\n\r\n"
    got = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.extend(await reader.readexactly(len(request)))
        writer.write(b"HTTP/1.1 204 None\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    head = await asked(server.sockets[0].getsockname()[1], request).head(LOOPBACK, in_time())
    server.close()
    assert (head.status, bytes(got)) == (204, request)


def in_time(left_s: float = 60.0) -> float:
    """Return a deadline as loop time."""
    return asyncio.get_running_loop().time() + left_s


def asked(port: int, request: bytes = b"HEAD / HTTP/1.1\r\n\r\n") -> Exchange:
    """Return an exchange with a loopback server."""
    connect = ConnectRequest(address="127.0.0.1", port=port, request=request)
    return Exchange(connect, None, lambda: None, Poller())


async def test_a_connect_that_is_given_up_leaves_no_socket() -> None:
    """Cancelling a connect closes its socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        full = [socket.socket() for _ in range(4)]
        for sock in full:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        exchange = asked(port)
        before = _open_files()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await exchange.head(LOOPBACK, in_time())
        assert _open_files() == before
        for sock in full:
            sock.close()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
