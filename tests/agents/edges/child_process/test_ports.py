"""Ports of loopback: which one is free, which one is held, and whether a broker answers there."""

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

from agents.edges.child_process.ports import answers, free, reserved


def test_a_port_that_is_listened_on_is_not_free() -> None:
    """It is again once nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not free(port)
    assert free(port)


def test_a_reserved_port_is_the_wanted_one_if_that_is_free() -> None:
    """Else another."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with reserved(taken) as other:
            assert other != taken
    with reserved(other) as again:
        assert again == other


def test_a_reserved_port_is_none_that_a_connection_going_out_may_take() -> None:
    """Its program listens later than it is let go; ports held at the same time differ."""
    first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    with ExitStack() as held:
        ports = [held.enter_context(reserved(0)) for _ in range(500)]
    assert len(set(ports)) == len(ports)
    assert not [port for port in ports if first <= port <= last]


def test_who_says_nothing_is_no_broker() -> None:
    """Nor is a port at which nobody listens; whoever answers the question is one."""

    def serve(server: socket.socket, reply: bytes) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(64)
            connection.sendall(reply)

    for reply, works in ((b"", False), (b"\x00\x00\x00\x04", True)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            serving = threading.Thread(target=serve, args=(server, reply))
            serving.start()
            assert answers(server.getsockname()[1]) is works
            serving.join()
    with reserved(0) as port:
        assert not answers(port)
