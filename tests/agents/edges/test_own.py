"""The machine's own addresses."""

import socket

from agents.edges.own import own_addresses
from streams.gate import Rules, judge


def test_they_include_what_the_machine_listens_on() -> None:
    """Loopback is among them, and the address that packets leave by."""
    found = own_addresses()
    assert "127.0.0.1" in found
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", 9))  # UDP: nothing is sent
        assert sock.getsockname()[0] in found


def test_the_gate_takes_them() -> None:
    """All of them are addresses, and denied."""
    rules = Rules.of(own=own_addresses())
    assert not any(judge(address, rules).allowed for address in own_addresses())
