"""What the machine does is told from what a server does."""

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from agents.edges.exchange import (
    WIRE_BYTES_MAX,
    Exchange,
    LookFailed,
    ProberFault,
    Question,
    _failed,
    dial,
)
from schemas.reasons import ProbeError
from streams.gate import Rules

LOOPBACK = Rules.of(exceptions=("127.0.0.0/8", "::1/128"))


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ECONNREFUSED, ProbeError.REFUSED),
        (errno.ECONNRESET, ProbeError.RESET),
        (errno.ETIMEDOUT, ProbeError.TIMEOUT),
        (errno.EHOSTUNREACH, ProbeError.TIMEOUT),
        (errno.ENETUNREACH, ProbeError.BLOCKED_POLICY),
        (errno.EPERM, ProbeError.BLOCKED_POLICY),
    ],
)
def test_errors_of_a_connect(number: int, error: ProbeError) -> None:
    """Each is one of the closed list, whatever its text names."""
    failed = _failed(OSError(number, "Connect call failed ('192.0.2.1', 80)"))
    assert isinstance(failed, LookFailed)
    assert (failed.error, str(failed)) == (error, error.value)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL])
def test_faults_of_the_machine(number: int) -> None:
    """They are nobody's verdict; the process stops, and the text is the error's name."""
    failed = _failed(OSError(number, "Connect call failed ('192.0.2.1', 80)"))
    assert isinstance(failed, ProberFault)
    assert str(failed) == errno.errorcode[number]


async def test_a_source_address_that_is_not_ours() -> None:
    """A vantage set up with an address the machine has not stops instead of using another."""
    question = Question(address="127.0.0.1", port=9, source="192.0.2.1", request=b"")
    with pytest.raises(ProberFault, match="EADDRNOTAVAIL"):
        await dial(question, LOOPBACK)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "x.example"])
async def test_the_gate_stands_before_the_socket(address: str) -> None:
    """A denied address gets no socket, and a name is none."""
    with pytest.raises(LookFailed, match="blocked_policy"):
        await dial(Question(address=address, port=80, request=b""), LOOPBACK)


async def test_the_kernel_takes_little_ahead() -> None:
    """The receive buffer is bounded before the connect, when the window is agreed on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        question = Question(address="127.0.0.1", port=server.getsockname()[1], request=b"")
        with await dial(question, LOOPBACK) as sock:
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * 4_096


async def test_no_more_is_read_than_the_cap() -> None:
    """Reads of odd lengths add up to the cap and not beyond it."""
    exchange = Exchange(b"", None, lambda: None)
    head = b"HTTP/1.1 200 OK\r\nX: " + b"y" * WIRE_BYTES_MAX
    while exchange.wire_bytes < WIRE_BYTES_MAX:
        room = exchange.get_buffer(-1)[:1_900]
        room[:] = head[exchange.wire_bytes :][: len(room)]
        exchange.buffer_updated(len(room))
    assert exchange.wire_bytes == WIRE_BYTES_MAX
    with pytest.raises(LookFailed, match="too_large"):
        await exchange.head()


async def test_a_connect_that_is_given_up_leaves_no_socket() -> None:
    """Cancelling a connect closes its socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        full = [socket.socket() for _ in range(4)]
        for sock in full:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        before = _open_files()
        question = Question(address="127.0.0.1", port=port, request=b"")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await dial(question, LOOPBACK)
        assert _open_files() == before
        for sock in full:
            sock.close()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
