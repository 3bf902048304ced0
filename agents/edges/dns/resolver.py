"""The resolver: all addresses of a name and its CNAME chain, remembered by TTL in world time.

Status of the two questions together: addresses win over everything; else a question that was not
answered leaves the name unanswered; NXDOMAIN must be said to both: a name that does not exist is
read as the end of a case, and some servers say it for AAAA of names that have an A.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.dnssec import is_bogus
from agents.edges.dns.query import CHAIN_MAX, DnsAnswer, Wire
from agents.edges.dns.resolution import DnsResolution, DnsStatus, askable, plain_name
from agents.edges.metric_types.declaration import counter, histogram
from agents.edges.metric_types.instruments import DNS_DURATION, DNS_LOOKUPS
from agents.process.pacing import EvenRate
from schemas.moments import SECOND_MS, Instant
from streams.network import order

TTL_MIN_S: Final = 30
"""Names with TTL 0 would put a question for each probe on somebody's server; the steps of the
timetable are minutes, so half a minute hides no move."""

TTL_MAX_S: Final = 600
"""A name may ask to be remembered for days; probes in doubt come every 10 min, and each of them is
to see a move."""

UNRESOLVED_S: Final = 30
"""How long a name without addresses is remembered: enough that a burst of reports of one host
asks once, short against the 10 min between probes in doubt."""

ENTRIES_MAX: Final = 16_384
"""Names remembered, about 1 KB each."""

IN_FLIGHT_MAX: Final = 100
"""Names asked at once. Their 200 packets fit into the 208 KiB that Linux gives a UDP socket by
default; with 256 names bursts were lost on loopback. At 5 s deadline 16 dead names a second go
through, 60,000 an hour."""

KEPT_FREE: Final = 16
"""Of those, places for names that probes in their turn wait for. They keep their hosters' others
waiting, and behind a burst of thousands of new names that would be for a minute."""

ADDRESSES_MAX: Final = 1_024
"""Addresses kept of a name, in order; an answer in one DNS message holds at most about 4,000."""

UNASKED: Final = frozenset({"onion", "localhost", "local", "alt"})
"""Top-level names that are not in the DNS (RFC 7686, 6761, 6762, 9476). A resolver's NXDOMAIN for
them says nothing of what they name, so they stay unresolved."""

DURATION_BOUNDS_S: Final = (0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 5.0, 30.0)
"""From a server beside the machine to the longest deadline that can be set; 5 s is usual."""

_FAILURES: Final = (
    DnsStatus.BOGUS,
    DnsStatus.TIMEOUT,
    DnsStatus.SERVFAIL,
    DnsStatus.REFUSED,
    DnsStatus.NOT_ASKED,
)
_NOT_ASKED: Final = DnsResolution(status=DnsStatus.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class _Remembered:
    until_at: Instant
    resolution: DnsResolution


class Resolver:
    """Resolves names over the configured name servers; one for a process, in one event loop.

    Attributes:
        lookups: names that were to be resolved anew, by what became of it.
        took: how long the answers took from when their questions went out.
    """

    waits = True

    def __init__(self, clock: Clock, settings: DnsSettings) -> None:
        """Take the name servers; nothing is opened before the first name.

        Args:
            clock: world time, in which TTLs count.
            settings: name servers, deadline of a resolution and names a second, in wall time.

        Raises:
            UserError: a server is no address.
        """
        self._clock = clock
        self._settings = settings
        self._wire = Wire(settings.servers, settings.timeout_s)
        self._rate = EvenRate(settings.names_per_s)
        self.lookups = counter(DNS_LOOKUPS)
        for status in DnsStatus:
            self.lookups.labels(status.value)  # shown at 0 too
        self.took = histogram(DNS_DURATION, DURATION_BOUNDS_S)
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()
        self._flights: dict[tuple[str, bool], asyncio.Task[DnsResolution]] = {}
        self._room = asyncio.Semaphore(IN_FLIGHT_MAX - KEPT_FREE)
        self._kept = asyncio.Semaphore(KEPT_FREE)

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Return the addresses of a name; see `agents.edges.dns.resolution.NameResolver`.

        Callers that want the same name at the same time share one question; one that is
        cancelled leaves it to the others. The deadline runs from when the question goes out.
        """
        name = plain_name(host)
        if name.rpartition(".")[2] in UNASKED or not askable(name):
            self.lookups.labels(DnsStatus.NOT_ASKED.value).inc()
            return _NOT_ASKED
        if not fresh:
            known = self._recall(name)
            if known is not None:
                return known
        flight = self._flights.get((name, True)) or self._flights.get((name, soon))
        if flight is None:
            flight = asyncio.create_task(self._asked(name, soon=soon))
            self._flights[name, soon] = flight
            flight.add_done_callback(lambda _: self._flights.pop((name, soon), None))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """End what is under way and close the sockets."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        await self._wire.close()

    async def _asked(self, name: str, *, soon: bool) -> DnsResolution:
        before = self._recall(name)
        async with self._kept if soon else self._room:
            sooner = None if soon else self._flights.get((name, True))
            if sooner is not None:  # a probe could not wait so long for it
                return await asyncio.shield(sooner)
            known = self._recall(name)
            if known is not None and known is not before:
                return known
            await self._rate.acquire()
            began_s = asyncio.get_running_loop().time()
            resolution = merged(*await self._wire.ask(name))
            if resolution.status is DnsStatus.SERVFAIL and await is_bogus(name, self._settings):
                resolution = DnsResolution(status=DnsStatus.BOGUS)
            self.took.observe(asyncio.get_running_loop().time() - began_s)
        self.lookups.labels(resolution.status.value).inc()
        self._remember(name, resolution)
        return resolution

    def _recall(self, name: str) -> DnsResolution | None:
        known = self._remembered.get(name)
        if known is None:
            return None
        if known.until_at <= self._clock.now():
            del self._remembered[name]
            return None
        self._remembered.move_to_end(name)
        return known.resolution

    def _remember(self, name: str, resolution: DnsResolution) -> None:
        if resolution.status is DnsStatus.OK:
            kept_s = min(max(resolution.ttl_s, TTL_MIN_S), TTL_MAX_S)
        else:
            kept_s = UNRESOLVED_S
        until_at = self._clock.now() + kept_s * SECOND_MS
        self._remembered[name] = _Remembered(until_at, resolution)
        self._remembered.move_to_end(name)
        if len(self._remembered) > ENTRIES_MAX:
            self._remembered.popitem(last=False)


def merged(v4: DnsAnswer, v6: DnsAnswer) -> DnsResolution:
    """Return what the answers for A and AAAA say together; the rule is the module's."""
    statuses = {v4.status, v6.status}
    found = sorted(v4.addresses | v6.addresses, key=order)[:ADDRESSES_MAX]
    if found:
        status = DnsStatus.OK
    elif failed := [one for one in _FAILURES if one in statuses]:
        status = failed[0]
    else:
        status = DnsStatus.NXDOMAIN if statuses == {DnsStatus.NXDOMAIN} else DnsStatus.NODATA
    return DnsResolution(
        status=status,
        addresses=tuple(str(one) for one in found),
        names=tuple(dict.fromkeys((*v4.names, *v6.names)))[:CHAIN_MAX],
        ttl_s=min((*v4.ttls_s, *v6.ttls_s), default=0),
    )
