"""What holds at an hour of a history: the registry, who is asked, where the URL is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from schemas.closed_lists import Role
from schemas.records.history import History
from schemas.records.history_events import KINDS, HistoryEvent
from schemas.records.history_registry import Hoster
from streams.lifecycle.evidence.owner import UNKNOWN

FIRST_ASN: Final = 64_501
"""Vantages without an AS number get one each, from here on."""


RESOLVER: Final = "attribution"
"""The stage that resolves once for a report, by the name that its resolutions have."""


class Site(NamedTuple):
    """A hoster as the registry has it at an hour."""

    hoster: str
    group: str
    role: Role


class HistoryResolution(NamedTuple):
    """What a resolution said.

    Attributes:
        vantage: who resolved.
        nxdomain: the name does not exist.
        sites: where it led, an address each.
        addresses: names of the addresses.
        origin: hosters behind the proxy, by the newest statement.
        disclosed: the proxy's operator stated it.
        behind: hosters behind the proxy, as the name shows.
        contested: hosters whose address a statement that came with it contradicts.
        answered: a resolver answered.
    """

    vantage: str
    nxdomain: bool
    sites: tuple[Site, ...]
    addresses: tuple[str, ...]
    origin: tuple[Site, ...]
    disclosed: bool
    behind: tuple[Site, ...]
    contested: frozenset[str]
    answered: bool

    @property
    def proxied(self) -> bool:
        """Return whether it led to a proxy."""
        return any(site.role is Role.PROXY for site in self.sites)


@dataclass(slots=True)
class HistoryRegistry:
    """The hosters of a history at an hour."""

    hosters: dict[str, Hoster]
    names: dict[str, str] = field(default_factory=dict)

    def change(self, changes: dict[str, Hoster]) -> None:
        """Take in what changes: hosters as they are from now on, new names of old ones."""
        for name, said in changes.items():
            if said.renamed:
                self.names[name] = said.renamed
                if said.renamed not in self.hosters:
                    self.hosters[said.renamed] = replace(said, renamed="")
            else:
                self.hosters[name] = said

    def name(self, hoster: str) -> str:
        """Return the name that a hoster has now."""
        for _ in range(len(self.names)):
            hoster = self.names.get(hoster, hoster)
        return hoster

    def formers(self, hoster: str) -> tuple[str, ...]:
        """Return the names that a hoster had before."""
        said = self.hosters.get(self.name(hoster), Hoster())
        renamed = {old for old in self.names if self.name(old) == hoster}
        return tuple(sorted(renamed | {*said.formerly}))

    def site(self, hoster: str) -> Site:
        """Return a hoster as it stands in the registry now."""
        name = self.name(hoster)
        said = self.hosters.get(name, Hoster())
        return Site(name, said.group or name, Role.PROXY if said.proxy else Role.HOSTING)


class Scene:
    """Walks through a history in order of time.

    Args:
        history: whose hosters and vantages hold.

    Attributes:
        registry: the hosters now.
        asked: the vantages that are asked now.
    """

    def __init__(self, history: History) -> None:
        """Begin before the first event."""
        self.registry = HistoryRegistry(dict(history.hosters))
        self.asked: tuple[str, ...] = tuple(history.vantages)
        self.newest: dict[str, HistoryResolution] = {}
        self._led: tuple[Site, ...] = ()
        self._before: list[Site] = []
        self._origin: tuple[tuple[Site, ...], bool] = ((), False)

    def resolve(self, event: HistoryEvent) -> list[HistoryResolution]:
        """Return what a resolution said to each vantage that made it."""
        sites = self._sites(event.at or ())
        given = self._sites(one for one in event.origin or () if one != UNKNOWN)
        proxied = any(site.role is Role.PROXY for site in sites)
        if event.origin is not UNSET and (proxied or not given):
            self._origin = (given, event.disclosed is True)  # with no proxy it says nothing
        origin, disclosed = self._origin
        by_hoster = tuple(f"address of {site.hoster}" for site in sites)
        made = HistoryResolution(
            vantage="",
            nxdomain=event.nxdomain is True,
            sites=sites,
            addresses=by_hoster if event.addresses is UNSET else event.addresses,
            origin=tuple(self._current(site) for site in origin),
            disclosed=disclosed,
            behind=self._sites(event.behind or ()),
            contested=frozenset(
                [site.hoster for site in sites if _contradicts(site, given)]
                if event.contested is UNSET
                else [site.hoster for site in self._sites(event.contested)]
            ),
            answered=event.answered is not False,
        )
        vantages = self.asked if event.vantage is UNSET else (event.vantage,)
        found = [made._replace(vantage=vantage) for vantage in vantages]
        self.newest |= {one.vantage: one for one in found}
        self._lead(self.placed(made))
        return found

    def _sites(self, hosters: Iterable[str]) -> tuple[Site, ...]:
        return tuple(self.registry.site(one) for one in hosters)

    def placed(self, made: HistoryResolution) -> tuple[Site, ...]:
        """Return at whose hosters a resolution finds the URL, those behind a proxy with them."""
        return (*made.sites, *(made.origin if made.proxied else ()), *made.behind)

    def _lead(self, sites: Sequence[Site]) -> None:
        if not sites:
            return
        self._before += [site for site in self._led if site not in sites]
        self._led = tuple(dict.fromkeys(sites))

    def probed(self, event: HistoryEvent) -> list[Site]:
        """Return at which hosters an observation was made."""
        if event.hoster is not UNSET:
            return [self.registry.site(event.hoster)]
        led = [self._current(site) for site in self._led]
        if event.old_address is True:
            gone = [self._current(site) for site in self._before]
            gone = [site for site in dict.fromkeys(gone) if site not in led]
            return gone or led
        return list(dict.fromkeys(led))

    def _current(self, site: Site) -> Site:
        return self.registry.site(site.hoster)

    def hosters_seen(self, vantage: str, site: Site) -> tuple[str, ...]:
        """Return whom the name's addresses belong to at a probe, the case's own among them."""
        made = self._newest(vantage)
        now = [self._current(one) for one in self.placed(made)] if made is not None else []
        found = [one.hoster for one in now]
        if any((one.group, one.role) == (site.group, site.role) for one in now):
            found.append(site.hoster)
        return tuple(dict.fromkeys(found))

    def nxdomain(self, vantage: str) -> bool:
        """Return whether the name did not exist when a vantage last resolved it."""
        made = self._newest(vantage)
        return made is not None and made.nxdomain

    def _newest(self, vantage: str) -> HistoryResolution | None:
        """Return what a vantage resolved last, else what a report brought."""
        return self.newest.get(vantage) or self.newest.get(RESOLVER)


def _contradicts(site: Site, given: Sequence[Site]) -> bool:
    """Return whether statements of origin contradict an address; nobody known is contradicted."""
    hosted = site.role is Role.HOSTING and site.hoster != UNKNOWN
    return bool(given) and hosted and site.group not in {one.group for one in given}


_FIRST: Final = ("registry", "vantages", "at")
"""Of things of one hour these hold for the others."""

_ORDER: Final = (*_FIRST, *(kind for kind in KINDS if kind not in _FIRST))


def happenings(history: History) -> Iterator[tuple[float, HistoryEvent]]:
    """Yield what happened in order of time; the order in the file means nothing."""
    kinds = sorted(history.events, key=lambda event: (_ORDER.index(event.kind), repr(event)))
    found = [(hour, event) for event in kinds for hour in event.hours]
    found.sort(key=lambda one: one[0])  # of one hour they stay in the order of their kinds
    yield from found
