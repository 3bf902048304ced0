"""Who may connect to one of our HTTP servers: caps on connections in all and per address.

Where all places are taken, a newcomer gets the oldest of the address that holds the most, if that
one holds more than the newcomer then would. So one address, or a few hundred, cannot shut the
others out. A connection that showed a key is never given away.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Final, Protocol


class ConnectionRefusal(StrEnum):
    """Why a connection was not taken, or was ended before it had its answer."""

    ALL = "all"
    ADDRESS = "address"
    HOTLINE = "key"  # of all its keys together; the word is older
    DISPLACED = "displaced"
    DESCRIPTORS = "descriptors"
    SLOW = "slow"


_NETWORK_GROUPS: Final = 4
"""The 64 bits of an IPv6 address that an access network gives to one customer (RFC 6177)."""


class ClosableConnection(Protocol):
    """A connection that can be ended at once."""

    def end(self) -> None:
        """End it without an answer."""


def client_network(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 of an IPv6 address.

    Args:
        address: as the socket gives it, a zone included.
    """
    if ":" not in address:
        return address
    parsed = IPv6Address(address.partition("%")[0])
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return ":".join(parsed.exploded.split(":")[:_NETWORK_GROUPS])


@dataclass(slots=True)
class Admission:
    """Counts the connections of one server.

    Attributes:
        most: connections in all.
        most_of_address: connections of one address.
        refused: how many were refused, by reason.
    """

    most: int
    most_of_address: int
    refused: Counter[ConnectionRefusal] = field(default_factory=Counter)
    _of: dict[str, int] = field(default_factory=dict)
    _strangers: dict[str, dict[ClosableConnection, None]] = field(default_factory=dict)
    _all: int = 0

    def __len__(self) -> int:
        return self._all

    def admits(self, network: str) -> bool:
        """Return whether there is room for one more; a refusal is counted.

        Args:
            network: of the newcomer, by `client_network`.
        """
        mine = self._of.get(network, 0)
        if mine >= self.most_of_address:
            self.refused[ConnectionRefusal.ADDRESS] += 1
        elif self._all < self.most or self._displaced(mine):
            return True
        else:
            self.refused[ConnectionRefusal.ALL] += 1
        return False

    def entered(self, network: str, held: ClosableConnection) -> None:
        """Count a connection for which there was room."""
        self._all += 1
        self._of[network] = self._of.get(network, 0) + 1
        self._strangers.setdefault(network, {})[held] = None

    def known(self, network: str, held: ClosableConnection) -> None:
        """Keep a connection: it showed a key."""
        strangers = self._strangers.get(network)
        if strangers is not None:
            strangers.pop(held, None)
            if not strangers:
                del self._strangers[network]

    def left(self, network: str, held: ClosableConnection) -> None:
        """Forget a connection that ended; each ends once."""
        self.known(network, held)
        self._all -= 1
        self._of[network] -= 1
        if not self._of[network]:
            del self._of[network]

    def _displaced(self, mine: int) -> bool:
        network = max(self._strangers, key=lambda one: len(self._strangers[one]), default=None)
        if network is None or len(self._strangers[network]) <= mine + 1:
            return False
        self.refused[ConnectionRefusal.DISPLACED] += 1
        oldest = next(iter(self._strangers[network]))
        self.known(network, oldest)  # it is not chosen again before it has gone
        oldest.end()
        return True
