"""The machine's own addresses, which no probe may connect to, and the rules with them."""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from agents.config import ProbeSettings
from streams.probe.gate import Rules

_TRIE: Final = Path("/proc/net/fib_trie")
_V6: Final = Path("/proc/net/if_inet6")
_LOCAL: Final = re.compile(r"\|-- ([0-9.]+)\n[ \t]+/32 host LOCAL")


FRESH_S: Final = 10.0
"""How long an address that the machine was given can go unnoticed; reading takes 0.1 ms."""


def own_addresses() -> frozenset[str]:
    """Return the addresses of all interfaces of the machine's network namespace.

    On Linux the kernel's routing trie and interface table say so (proc(5)); elsewhere what the
    machine's name resolves to locally, which may be less.
    """
    if not _TRIE.exists():
        return _by_name()
    found = set(_LOCAL.findall(_TRIE.read_text(encoding="ascii")))
    if _V6.exists():
        for line in _V6.read_text(encoding="ascii").splitlines():
            digits = line.partition(" ")[0]
            found.add(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits)))
    return frozenset(found)


class OwnRules:
    """The rules of the gate on this machine, its own addresses read again and again.

    Args:
        settings: what the deployment adds.
        read: reads the machine's addresses.
        now: monotonic seconds.
    """

    def __init__(
        self,
        settings: ProbeSettings,
        read: Callable[[], frozenset[str]] = own_addresses,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._read = read
        self._now = now
        self._rules = rules_of(settings, read())
        self._read_at = now()

    def current(self) -> Rules:
        """Return rules whose own addresses were read FRESH_S ago at most."""
        if self._now() - self._read_at > FRESH_S:
            own, self._read_at = self._read(), self._now()
            if own != self._rules.own:
                self._rules = replace(self._rules, own=own)
        return self._rules


def rules_of(settings: ProbeSettings, own: Iterable[str] | None = None) -> Rules:
    """Return the rules of the gate on this machine.

    Args:
        settings: what the deployment adds.
        own: the machine's addresses; None = they are read.
    """
    return Rules.of(
        own=own_addresses() if own is None else own,
        denied=settings.deny_networks,
        exceptions=settings.allow_networks,
        ports=settings.ports,
    )


def _by_name() -> frozenset[str]:
    try:
        answers = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        return frozenset()
    return frozenset(str(answer[4][0]) for answer in answers)
