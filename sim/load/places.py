"""Where made-up material lies: addresses of practice hosters, names under `.example`.

Only networks are used that belong to nobody: those set aside for benchmarks and documentation, and
loopback. So nothing that is reported can be anybody's, even to a prober that is let loose on it.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import Final

from schemas.records.registry import HosterEntry, Registry
from sim.load import shares
from sim.world.delays import pick

NOBODYS: Final = tuple(
    IPv4Network(text)
    for text in (
        "198.18.0.0/15",  # RFC 2544: benchmarks
        "192.0.2.0/24",  # RFC 5737: documentation
        "198.51.100.0/24",
        "203.0.113.0/24",
        "127.0.0.0/8",  # RFC 1122: loopback
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeHoster:
    """A practice hoster: its id and networks."""

    id: str
    networks: tuple[IPv4Network, ...]


def foreign(entry: HosterEntry) -> bool:
    """Return whether a hoster claims a network that may be somebody's."""
    return any(_nobodys(prefix) is None for prefix in entry.prefixes)


def hosters(entries: Iterable[Registry]) -> tuple[PracticeHoster, ...]:
    """Return the hosters that reports can be about: those with an IPv4 network, by id."""
    found = []
    for entry in entries:
        if isinstance(entry, HosterEntry):
            networks = tuple(n for n in map(_nobodys, entry.prefixes) if n is not None)
            if networks:
                found.append(PracticeHoster(id=entry.id, networks=networks))
    return tuple(sorted(found, key=lambda hoster: hoster.id))


def _nobodys(prefix: str) -> IPv4Network | None:
    network = ip_network(prefix)
    if isinstance(network, IPv4Network) and any(network.subnet_of(free) for free in NOBODYS):
        return network
    return None


class Places:
    """Draws a host for each report: an old one or a new one.

    Args:
        rng: where the sampling comes from.
        hosters: who may serve it; the first has the most, as hosters are concentrated.
        named: hosts may have names; else all are addresses.
    """

    def __init__(
        self, rng: random.Random, hosters: Sequence[PracticeHoster], *, named: bool
    ) -> None:
        """Know no host yet."""
        self._rng = rng
        self._named = named
        self._weights = [1 / rank for rank in range(1, len(hosters) + 1)]  # Zipf
        self._hosters = hosters
        self._known: dict[str, list[str]] = {hoster.id: [] for hoster in hosters}

    def hoster(self) -> PracticeHoster:
        """Return the hoster of a burst."""
        return self._hosters[pick(self._rng, self._weights)]

    def host(self, hoster: PracticeHoster) -> str:
        """Return scheme, host and port of a URL at a hoster."""
        known = self._known[hoster.id]
        if known and self._rng.random() >= shares.NEW_HOST:
            host = self._rng.choice(known)
        else:
            host = self._new(hoster)
        if len(known) < shares.HOSTS_REMEMBERED:
            known.append(host)
        else:
            known[self._rng.randrange(shares.HOSTS_REMEMBERED)] = host
        return host

    def _new(self, hoster: PracticeHoster) -> str:
        rng = self._rng
        scheme = "http" if rng.random() < shares.PLAIN else "https"
        if not self._named or rng.random() < shares.LITERAL:
            network = rng.choice(hoster.networks)
            name = str(network[rng.randrange(1, network.num_addresses - 1)])
        else:
            length = rng.choice(shares.LABEL_LENGTHS)
            name = f"{rng.getrandbits(4 * length):0{length}x}.{hoster.id}.example"
        port = f":{rng.randrange(1_024, 65_536)}" if rng.random() < shares.PORT else ""
        return f"{scheme}://{name}{port}"
