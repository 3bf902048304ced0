"""What an error of a socket says: of the server, of this vantage, or of the machine."""

import errno
import socket
from ipaddress import ip_network

import pytest

from agents.edges.http_probe.connection import (
    RECEIVE_BUFFER_BYTES,
    ConnectRequest,
    ProbeFailed,
    ProberFault,
    failure,
    opened,
)
from schemas.closed_lists import ProbeError
from streams.probe.gate import Rules

HERE = "127.0.0.1"
OPEN = Rules(exceptions=(ip_network("192.0.2.0/24"),))


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (errno.ECONNREFUSED, ProbeError.CONNECTION_REFUSED),
        (errno.ETIMEDOUT, ProbeError.TIMEOUT),
        (errno.EHOSTUNREACH, ProbeError.TIMEOUT),
        (errno.ECONNRESET, ProbeError.RESET),
        (errno.EPIPE, ProbeError.RESET),
        (errno.ENETUNREACH, ProbeError.BLOCKED_POLICY),
        (errno.EACCES, ProbeError.BLOCKED_POLICY),
    ],
)
def test_what_the_server_did(number, error):
    """Each number is one closed reason."""
    found = failure(number)
    assert isinstance(found, ProbeFailed)
    assert found.error is error


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM, errno.EADDRNOTAVAIL, 0, 9_999])
def test_what_the_machine_could_not(number):
    """It is no word on the server, whatever the number."""
    assert isinstance(failure(number), ProberFault)


def test_no_socket_where_the_gate_refuses():
    """The address is judged before there is anything to connect with."""
    with pytest.raises(ProbeFailed) as refused:
        opened(ConnectRequest(address=HERE, port=80, request=b""), Rules())
    assert refused.value.error is ProbeError.BLOCKED_POLICY
    assert HERE not in repr(ConnectRequest(address=HERE, port=80, request=b""))


def test_a_socket_takes_in_little_and_waits_for_nothing():
    """The kernel's buffer bounds what a server can push ahead of the reader."""
    sock = opened(ConnectRequest(address="192.0.2.1", port=80, request=b""), OPEN)
    try:
        assert not sock.getblocking()
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * RECEIVE_BUFFER_BYTES
    finally:
        sock.close()
