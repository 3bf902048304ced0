"""Where a host is and whose it is: resolver, address databases and registry in one question."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Protocol

from agents.edges.asn import Networks
from agents.edges.keys import Keyring
from agents.edges.resolution import DnsStatus, Names, Resolution
from schemas.facts import Placement
from schemas.ledger import HosterId
from schemas.moments import Instant
from streams.attribution import Draft, Found, judge, placed
from streams.hosters import HosterIndex
from streams.network import address
from streams.registry import Book, Snapshot

INDEXES_MAX: Final = 8
"""States of the registry kept indexed; reports that wait for each other span two or three."""


class Registered(Protocol):
    """Holds the registry as read so far."""

    @property
    def book(self) -> Book:
        """All entries."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a host is.

    Attributes:
        status: how the resolution ended; `ok` for an address literal.
        addresses: all its addresses, IPv4 first, then by value.
        names: its CNAME chain without the host; empty for a literal.
        placements: its hosters, one per (hoster, role, network, country), the
            stated origin taken into account; at
            least one, `unknown` if nothing was found.
        spots: what each of `addresses` shows by itself, in the same order.
        registry_version: version of the registry it was judged by.
        dataset: the address databases it was judged by.
    """

    status: DnsStatus
    addresses: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    placements: tuple[Draft, ...]
    spots: tuple[Draft, ...]
    registry_version: int
    dataset: str

    @property
    def hosters(self) -> frozenset[HosterId]:
        """The hosters of the placements, in whatever role."""
        return frozenset(placement.hoster for placement in self.placements)


def placement(draft: Draft, keys: Keyring, at: Instant) -> Placement:
    """Return a placement as it may leave the process: its address hashed, and sealed for a month.

    Args:
        draft: what attribution found.
        keys: hashes and seals.
        at: an instant of the month whose key seals it.
    """
    return Placement(
        hoster=draft.hoster,
        group=draft.group,
        role=draft.role,
        country=draft.country,
        asn=draft.asn,
        asn_country=draft.asn_country,
        confidence=draft.confidence,
        contested=draft.contested,
        address_key=keys.hash("address", draft.address) if draft.address else "",
        address=keys.seal(draft.address, at) if draft.address else "",
    )


class Locator:
    """Answers where a host is; shared by the stages of a process.

    Attributes:
        names: the resolver.
    """

    def __init__(self, names: Names, networks: Networks, registry: Registered) -> None:
        """Take the three sources; the caller closes them."""
        self.names = names
        self._networks = networks
        self._registry = registry
        self._indexes: OrderedDict[int, tuple[Snapshot, HosterIndex]] = OrderedDict()

    async def locate(
        self, host: str, at: Instant, origin: HosterId | None = None, *, fresh: bool = False
    ) -> Located:
        """Return where a host is; a literal address is asked of no name server.

        Args:
            host: canonical host of a URL, IPv6 in brackets.
            at: the instant whose registry holds.
            origin: the hoster a hotline states as the origin.
            fresh: ask the name servers anew, whatever is remembered.

        Raises:
            UserError: an address database is damaged.
        """
        literal = address(host)
        if literal is not None:
            return self.judged(
                (), Resolution(status=DnsStatus.OK, addresses=(str(literal),)), at, origin
            )
        resolution = await self.names.resolve(host, fresh=fresh)
        return self.judged((host,), resolution, at, origin)

    def judged(
        self,
        host: tuple[str, ...],
        resolution: Resolution,
        at: Instant,
        origin: HosterId | None = None,
    ) -> Located:
        """Return what a resolution says.

        Args:
            host: the name that was resolved, or nothing for a literal address.
            resolution: its addresses.
            at: the instant whose registry holds.
            origin: the hoster a hotline states as the origin.
        """
        self._networks.refresh()
        snapshot, index = self._index(at)
        networks = {
            one: self._networks.lookup(str(one))
            for one in map(address, resolution.addresses)
            if one is not None
        }
        found = Found(names=(*host, *resolution.names), addresses=networks, origin=origin)
        spots = judge(found, index)
        return Located(
            status=resolution.status,
            addresses=resolution.addresses,
            names=resolution.names,
            placements=placed(spots, found, index),
            spots=spots,
            registry_version=snapshot.version,
            dataset=self._networks.dataset,
        )

    def _index(self, at: Instant) -> tuple[Snapshot, HosterIndex]:
        snapshot = self._registry.book.at(at)
        known = self._indexes.get(id(snapshot))
        if known is None:
            known = snapshot, HosterIndex(snapshot.hosters)
            self._indexes[id(snapshot)] = known
            if len(self._indexes) > INDEXES_MAX:
                self._indexes.popitem(last=False)
        return known
