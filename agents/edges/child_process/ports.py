"""Ports of the loopback address."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_FIRST: Final = 10_000
_END: Final = 32_768
"""Ports are chosen from here. Linux gives the ports from 32768 on to connections that go out
(net.ipv4.ip_local_port_range): one of those could be taken before its program listens."""

_TRIES: Final = 1_000
"""Ports that are tried. If 99 in 100 were taken, all of them would be so once in 20,000 times."""


def answers(port: int) -> bool:
    """Return whether a broker at this port of 127.0.0.1 works off requests.

    Sends ApiVersions version 0 (Kafka protocol: size, key 18, version, correlation id, client id)
    and waits for the first bytes of an answer; the broker holds requests back until it is ready.
    """
    body = b"\x00\x12\x00\x00\x00\x00\x00\x01\xff\xff"  # client id -1: none
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0) as connection:
            connection.sendall(len(body).to_bytes(4, "big") + body)
            return len(connection.recv(8)) > 0
    except OSError:
        return False


def free(port: int) -> bool:
    """Return whether the port can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def reserved(wanted: int) -> Iterator[int]:
    """Hold a free port, the wanted one if it is free, so that the next check finds another.

    Args:
        wanted: 0 = any.

    Raises:
        OSError: none was found.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wanted if wanted and free(wanted) else _unused()))
        yield int(probe.getsockname()[1])


def _unused() -> int:
    """Return a port that no socket is bound to; 0 = the system is to choose one."""
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_END - _FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    return 0
