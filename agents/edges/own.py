"""The machine's own addresses, which no probe may connect to, and the rules with them."""

import re
import socket
from pathlib import Path
from typing import Final

from agents.config import ProbeSettings
from streams.gate import Rules

_TRIE: Final = Path("/proc/net/fib_trie")
_V6: Final = Path("/proc/net/if_inet6")
_LOCAL: Final = re.compile(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL")


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


def rules_of(settings: ProbeSettings) -> Rules:
    """Return the rules of the gate on this machine."""
    return Rules.of(
        own=own_addresses(),
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
