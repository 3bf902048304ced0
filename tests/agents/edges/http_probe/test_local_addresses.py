"""The machine's own addresses."""

import socket

from agents.config import ProbeSettings
from agents.edges.http_probe.local_addresses import FRESH_S, OwnRules, own_addresses
from streams.probe.gate import Rules, judge


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


def test_an_address_that_comes_later_is_denied() -> None:
    """Within ten seconds of being given to the machine; deployment's rules stay as they are."""
    has, now = {"8.8.8.8"}, [0.0]
    settings = ProbeSettings(deny_networks=("9.9.9.0/24",))
    own = OwnRules(settings, lambda: frozenset(has), lambda: now[0])
    before = own.current()
    has.add("8.8.4.4")
    now[0] = FRESH_S
    assert own.current() is before
    now[0] += 0.1
    after = own.current()
    allowed = [judge(one, after).allowed for one in ("8.8.8.8", "8.8.4.4", "9.9.9.9", "1.1.1.1")]
    assert allowed == [False, False, False, True]
    assert own.current() is after
