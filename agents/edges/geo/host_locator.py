"""Where a host is and whose it is: resolver, address databases and registry in one question."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from agents.edges.dns.resolution import DnsResolution, DnsStatus, NameResolver
from agents.edges.geo.address_databases import Networks
from schemas.moments import Instant
from schemas.records.facts import Placement
from schemas.records.registry import InclusionEntry
from schemas.records.reports import HosterId
from streams.attribution.placement import PLACEMENTS_MAX, Draft, HostEvidence, judge, placed
from streams.network import address
from streams.registry.hoster_index import HosterIndex
from streams.registry.snapshot import RegistryHistory, Snapshot

INDEXES_MAX: Final = 8
"""States of the registry kept indexed; reports that wait for each other span two or three."""

ANSWERS_MAX: Final = 4_096
"""Answers kept of a state of the registry, some 6 MB; reports of one host come close together."""

StatedOrigin: TypeAlias = tuple[HosterId, bool]
"""The hoster that a hotline states as the origin, and whether the proxy's operator disclosed it."""

_Question: TypeAlias = tuple[tuple[str, ...], DnsResolution, StatedOrigin | None]


class Registered(Protocol):
    """Holds the registry as read so far."""

    @property
    def registry_history(self) -> RegistryHistory:
        """All entries."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a host is.

    Attributes:
        status: how the resolution ended; `ok` for an address literal.
        addresses: all its addresses, IPv4 first, then by value.
        names: its CNAME chain without the host; empty for a literal.
        placements: its hosters, one per (hoster, role, network, country), the stated origin taken
            into account; at least one, `unknown` if nothing was found.
        more: there are more than these.
        spots: what each of `addresses` shows by itself, in the same order.
        inclusions: inclusion probabilities of that registry, by hoster.
        registry_version: version of the registry it was judged by.
        dataset: the address databases it was judged by.
        dataset_digests: SHA-256 of their files.
        named: its placements, each with its address and the keyed hash of it, once asked for.
        listed: all its addresses as a fact keeps them, and the keyed hash of that, once asked for.
    """

    status: DnsStatus
    addresses: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    placements: tuple[Draft, ...]
    spots: tuple[Draft, ...]
    inclusions: Mapping[HosterId, InclusionEntry]
    registry_version: int
    dataset: str
    dataset_digests: tuple[str, ...] = ()
    more: bool = False
    named: list[tuple[Placement, bytes]] = field(default_factory=list, repr=False, compare=False)
    listed: list[tuple[bytes, str]] = field(default_factory=list, repr=False, compare=False)

    @property
    def hosters(self) -> frozenset[HosterId]:
        """The hosters of the placements, in whatever role."""
        return frozenset(placement.hoster for placement in self.placements)


@dataclass(slots=True)
class _Shelf:
    """A state of the registry, indexed, with what was answered by it and by which databases."""

    snapshot: Snapshot
    index: HosterIndex
    dataset: str
    answers: dict[_Question, Located] = field(default_factory=dict, repr=False)

    def answers_by(self, dataset: str) -> dict[_Question, Located]:
        """Return the answers that still hold; databases that were looked for anew end them."""
        if dataset is not self.dataset or len(self.answers) >= ANSWERS_MAX:
            self.dataset, self.answers = dataset, {}
        return self.answers


_LAST_OF_LITERALS: Final = frozenset("0123456789]")


@lru_cache(maxsize=ANSWERS_MAX)
def _literal(host: str) -> DnsResolution | None:
    """Return the one address of a literal, None for a name."""
    if host[-1:] not in _LAST_OF_LITERALS:
        return None
    found = address(host)
    return None if found is None else DnsResolution(status=DnsStatus.OK, addresses=(str(found),))


class Locator:
    """Answers where a host is; shared by the stages of a process.

    Attributes:
        names: the resolver.
    """

    def __init__(self, names: NameResolver, networks: Networks, registry: Registered) -> None:
        """Take the three sources; the caller closes them."""
        self.names = names
        self._networks = networks
        self._registry = registry
        self._shelves: OrderedDict[int, _Shelf] = OrderedDict()

    async def locate(
        self, host: str, at: Instant, origin: StatedOrigin | None = None, *, fresh: bool = False
    ) -> Located:
        """Return where a host is; a literal address is asked of no name server.

        Args:
            host: canonical host of a URL, IPv6 in brackets.
            at: the instant whose registry holds.
            origin: what a hotline states of the origin.
            fresh: ask the name servers anew, whatever is remembered.

        Raises:
            UserError: an address database is damaged.
        """
        literal = _literal(host)
        if literal is not None:
            return self.located((), literal, at, origin)
        resolution = await self.names.resolve(host, fresh=fresh)
        return self.located((host,), resolution, at, origin)

    def unresolved(self, host: str, at: Instant, origin: StatedOrigin | None = None) -> Located:
        """Return what is known of a host that no name server may be asked for.

        Args:
            host: canonical host of a URL, IPv6 in brackets.
            at: the instant whose registry holds.
            origin: what a hotline states of the origin.

        Raises:
            UserError: an address database is damaged.
        """
        literal = _literal(host)
        if literal is not None:
            return self.located((), literal, at, origin)
        return self.located((host,), DnsResolution(status=DnsStatus.NOT_ASKED), at, origin)

    async def resolution(self, host: str, *, soon: bool = False) -> DnsResolution:
        """Return the addresses of a host; a literal address is asked of no name server.

        Args:
            host: canonical host of a URL, IPv6 in brackets.
            soon: see `agents.edges.dns.resolution.NameResolver`.
        """
        return _literal(host) or await self.names.resolve(host, soon=soon)

    def located(
        self,
        host: tuple[str, ...],
        resolution: DnsResolution,
        at: Instant,
        origin: StatedOrigin | None = None,
    ) -> Located:
        """Return what a resolution says.

        Args:
            host: the name that was resolved, or nothing for a literal address.
            resolution: its addresses.
            at: the instant whose registry holds.
            origin: what a hotline states of the origin.
        """
        self._networks.refresh()
        shelf = self._shelf(at)
        answers, question = shelf.answers_by(self._networks.dataset), (host, resolution, origin)
        found = answers.get(question)
        if found is None:
            found = answers[question] = self._judge(question, shelf)
        return found

    def _judge(self, question: _Question, shelf: _Shelf) -> Located:
        host, resolution, origin = question
        networks = {
            one: self._networks.lookup(str(one))
            for one in map(address, resolution.addresses)
            if one is not None
        }
        stated, disclosed = origin or (None, False)
        found = HostEvidence(
            names=(*host, *resolution.names),
            addresses=networks,
            origin=stated,
            disclosed=disclosed,
        )
        spots = judge(found, shelf.index)
        drafts = placed(spots, found, shelf.index)
        return Located(
            status=resolution.status,
            addresses=resolution.addresses,
            names=resolution.names,
            placements=drafts[:PLACEMENTS_MAX],
            more=len(drafts) > PLACEMENTS_MAX,
            spots=spots,
            inclusions=shelf.snapshot.inclusions,
            registry_version=shelf.snapshot.version,
            dataset=self._networks.dataset,
            dataset_digests=self._networks.digests,
        )

    def _shelf(self, at: Instant) -> _Shelf:
        snapshot = self._registry.registry_history.at(at)
        shelf = self._shelves.get(id(snapshot))
        if shelf is None:
            index = HosterIndex(snapshot.hosters, snapshot.past)
            shelf = _Shelf(snapshot, index, self._networks.dataset)
            self._shelves[id(snapshot)] = shelf
            if len(self._shelves) > INDEXES_MAX:
                self._shelves.popitem(last=False)
        return shelf
