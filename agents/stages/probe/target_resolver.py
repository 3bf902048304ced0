"""Where a probe goes: what the vantage resolves, the address it picks, and the fact of it."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from agents.clock import Clock
from agents.edges.crypto.keys import Keyring
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.edges.dns.resolver import TTL_MAX_S
from agents.edges.geo.host_locator import Located, Locator, Registered
from agents.edges.geo.sealed_places import addresses, placements
from schemas.closed_lists import ProbeError, Role
from schemas.identity.ids import CanonicalUrl
from schemas.moments import SECOND_MS, Instant
from schemas.records.facts import Attribution
from schemas.records.processing import ProbeOrder
from schemas.records.reports import VantageId
from schemas.seal_context import placed_address, resolved_names
from streams.probe.gate import Rules, judge
from streams.probe.target import UNKNOWN, HosterAddress, Pick, pick

URLS_MAX: Final = 65_536
"""URLs whose last resolution is remembered, about 300 bytes each; one forgotten is told anew."""

REMEMBERED_MAX_MS: Final = TTL_MAX_S * SECOND_MS
"""No resolver remembers an answer for longer; what is the same after that was asked for anew."""

SAME_MAX: Final = 2
"""A resolution is written until two in a row said the same: a case opens at two
(rule 1.2 of docs/measurement.md). An answer that is remembered is the same resolution still."""

_ERRORS: Final = {
    DnsStatus.NXDOMAIN: ProbeError.NXDOMAIN,
    DnsStatus.BOGUS: ProbeError.DNSSEC,
}
_ANSWERED: Final = (DnsStatus.OK, DnsStatus.NXDOMAIN, DnsStatus.NODATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """Where a probe goes.

    Attributes:
        resolution: what the name servers said; the same object while it is remembered.
        located: whose it is.
        pick: the address, and whom the name's addresses belong to.
        began_at, found_at: when finding out began and ended.
        resolve_s: how long it took, in wall seconds.
    """

    resolution: DnsResolution
    located: Located
    pick: Pick
    began_at: Instant
    found_at: Instant
    resolve_s: float

    @property
    def answered(self) -> bool:
        """Whether a name server answered at all."""
        return self.located.status in _ANSWERED

    @property
    def nxdomain(self) -> bool:
        """Whether the name does not exist."""
        return self.located.status is DnsStatus.NXDOMAIN

    @property
    def address(self) -> str | None:
        """The address to ask; None without an answer, whatever address is known from before."""
        return self.pick.address if self.answered else None

    @property
    def error(self) -> ProbeError:
        """What to say if there is no address to ask."""
        return _ERRORS.get(self.located.status, ProbeError.DNS_FAILURE)


def denied(place: ProbeTarget, address: str, rules: Rules) -> ProbeError | None:
    """Return why the gate forbids a probe, None if it does not.

    Where the name no longer leads to the case's hoster, its last known address is asked, and
    what the name leads to now does not count: a name that its owner pointed at nothing, such
    as 127.0.0.1, must not keep a case open for ever.

    Args:
        place: where the probe goes.
        address: the address that is to be asked.
        rules: of the gate.
    """
    allowed = (judge(one, rules).allowed for one in place.located.addresses)
    if not judge(address, rules).allowed:
        mixed = not place.pick.old and any(allowed)
    elif place.pick.old or all(allowed):
        return None
    else:
        mixed = True
    return ProbeError.BLOCKED_POLICY_MIXED if mixed else ProbeError.BLOCKED_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResolver:
    """What places are found with.

    Attributes:
        locator: finds hosts and their hosters.
        registry: names the groups of hosters.
        keys: opens and seals addresses.
        clock: world time.
    """

    locator: Locator
    registry: Registered
    keys: Keyring
    clock: Clock

    async def place(self, order: ProbeOrder, target: CanonicalUrl) -> ProbeTarget:
        """Find where an order's probe goes.

        Args:
            order: names the case's hoster and its last known address.
            target: what is probed.

        Raises:
            KeyGone: the last known address can no longer be opened.
        """
        return await self._found(order, target, None)

    async def again(
        self, order: ProbeOrder, target: CanonicalUrl, before: ProbeTarget
    ) -> ProbeTarget:
        """Return where an order's probe goes after it has waited: the same place while the answer
        that it rests on is remembered, else where the name servers say that it is now.

        The address it waited for is kept while the name has it. Else a name whose servers answer
        with other addresses in turn would send it from one queue to another.

        Args:
            order: names the case's hoster and its last known address.
            target: what is probed.
            before: what was found before it waited.

        Raises:
            KeyGone: the last known address can no longer be opened.
        """
        return before if target.literal else await self._found(order, target, before)

    async def _found(
        self, order: ProbeOrder, target: CanonicalUrl, before: ProbeTarget | None
    ) -> ProbeTarget:
        loop = asyncio.get_running_loop()
        began_at, started = self.clock.now(), loop.time()
        waited = before is not None
        resolution = await self.locator.resolution(target.host, soon=waited)
        if before is not None and resolution is before.resolution:
            return before
        host = () if target.literal else (target.host,)
        located = self.locator.located(host, resolution, began_at)
        spots = _spots(located)
        if before is not None:
            spots.sort(key=lambda spot: spot.address != before.address)
        last = await self._last(order, spots, began_at)
        case = (order.hoster, self._group(order.hoster, began_at), order.role)
        picked = pick(spots, last, case)
        return ProbeTarget(
            resolution=resolution,
            located=located,
            pick=picked,
            began_at=began_at,
            found_at=self.clock.now(),
            resolve_s=loop.time() - started,
        )

    async def _last(
        self, order: ProbeOrder, spots: list[HosterAddress], at: Instant
    ) -> HosterAddress | None:
        if not order.address:
            return None
        sealed_for = placed_address(order.url_key)
        address = (await self.keys.unsealed(order.address, sealed_for)).reveal()
        for spot in spots:
            if spot.address == address:
                return spot
        host = f"[{address}]" if ":" in address else address
        return _spots(await self.locator.locate(host, at))[0]

    def _group(self, hoster: str, at: Instant) -> str:
        entry = self.registry.registry_history.at(at).hosters.get(hoster)
        return (entry.group if entry is not None else "") or hoster


def _spots(located: Located) -> list[HosterAddress]:
    return [
        HosterAddress(
            address=spot.address,
            hoster=spot.hoster,
            group=spot.group,
            proxy=spot.role is Role.PROXY,
            formerly=spot.formerly,
            nameless=f"as{spot.asn}" if spot.asn else UNKNOWN,
        )
        for spot in located.spots
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of a URL last: a hash of it, how often in a row, by which resolution, when."""

    said: int
    times: int
    resolution: DnsResolution | None = None
    at: Instant = 0


_NEVER: Final = _Told(0, 0)


@dataclass(slots=True)
class ResolutionLog:
    """Tells what a vantage resolved, when it is news.

    Attributes:
        vantage: who resolved.
        keys: seals addresses and names.
    """

    vantage: VantageId
    keys: Keyring
    _told: OrderedDict[str, _Told] = field(default_factory=OrderedDict)

    def news(self, order: ProbeOrder, place: ProbeTarget) -> Attribution | None:
        """Return the fact of a resolution; None if it is the last one still, or two said the same.

        A probe of a proxy that found no more than the proxy tells nothing either.

        Args:
            order: for whose case the host was resolved.
            place: what was found.
        """
        url_key, located = order.url_key, place.located
        drafts = located.placements if located.spots else ()
        proxy = (order.hoster, Role.PROXY)
        if order.role is Role.PROXY and drafts and {(d.hoster, d.role) for d in drafts} == {proxy}:
            return None
        said = hash((located.status, tuple((d.hoster, d.role) for d in drafts)))
        before = self._told.pop(url_key, _NEVER)
        again = before.said == said
        still = before.resolution is place.resolution
        remembered = again and still and place.found_at - before.at < REMEMBERED_MAX_MS
        times = before.times + (not remembered) if again else 1
        told_at = before.at if remembered else place.found_at
        self._told[url_key] = _Told(said, min(times, SAME_MAX + 1), place.resolution, told_at)
        if len(self._told) > URLS_MAX:
            self._told.popitem(last=False)
        return None if remembered or times > SAME_MAX else self._fact(url_key, place)

    def _fact(self, url_key: str, place: ProbeTarget) -> Attribution:
        located, at, key = place.located, place.found_at, self.keys.key(place.found_at)
        names = " ".join(located.names)
        listed, listed_key = addresses(located, url_key, self.keys, key)
        return Attribution(
            url_key=url_key,
            vantage=self.vantage,
            at=at,
            answered=place.answered,
            nxdomain=place.nxdomain,
            placements=placements(located, url_key, self.keys, key) if located.spots else (),
            names=key.seal(names.encode(), resolved_names(url_key)) if names else "",
            addresses=listed,
            addresses_key=listed_key,
            registry_version=located.registry_version,
            dataset=located.dataset,
            dataset_digests=located.dataset_digests,
            more=located.more,
        )
