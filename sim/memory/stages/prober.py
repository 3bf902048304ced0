"""The prober of one vantage in memory: an order becomes an observation, and what it resolved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from agents.config import VantageSettings
from schemas.identity.ids import CanonicalUrl, canonical
from schemas.moments import Instant
from schemas.reasons import ProbeError, Role, Target
from schemas.records.facts import Fact, Facts, Observation
from schemas.records.flow import ProbeOrder
from schemas.seal_context import reported_url
from sim.memory.stages.looks import RULES, Asked, Eye
from sim.memory.stages.places import Led, attribution
from sim.memory.stages.secrets import hashed, opened
from streams.probe.gate import judge
from streams.probe.target import Pick, aimed
from streams.schedule.politeness import lanes_of

SAME_MAX: Final = 2
"""A resolution is told until two in a row said the same (DESIGN 3.11)."""


class _Place(NamedTuple):
    led: Led
    pick: Pick


@dataclass(slots=True)
class Prober:
    """Settles the orders of one vantage.

    Attributes:
        vantage: the place.
        eye: how it looks.
    """

    vantage: VantageSettings
    eye: Eye
    _told: dict[str, tuple[int, int]] = field(default_factory=dict)

    def settle(self, order: ProbeOrder, at: Instant) -> Iterator[Fact]:
        """Look once and yield what is written.

        Args:
            order: what to look at.
            at: when the look begins.
        """
        url = _canonical(order.sealed, order.url_key)
        target = aimed(url, order.target, order.salt)
        place = self._place(order, target, at)
        asked = self._seen(order, target, place, at)
        yield self.observed(order, asked.facts, (at, at + asked.took_ms), place)
        hidden = order.asked and self.vantage.id not in order.asked  # presence is the others' word
        if order.target is Target.URL and not url.literal and not hidden:
            yield from self._news(order, place.led, at + asked.took_ms)

    def lanes(self, order: ProbeOrder, at: Instant) -> tuple[str, ...]:
        """Return what a look asks of (`streams.schedule.politeness`); nothing = it asks no
        server.
        """
        target = aimed(_canonical(order.sealed, order.url_key), order.target, order.salt)
        place = self._place(order, target, at)
        address = place.pick.address
        if address is None or _denied(place, address) is not None:
            return ()
        return _lanes(order.hoster, address, target.host)

    def observed(
        self,
        order: ProbeOrder,
        facts: Facts,
        took: tuple[Instant, Instant],
        place: _Place | None = None,
    ) -> Observation:
        """Return the fact of an order.

        Args:
            order: what was to be looked at.
            facts: what was seen.
            took: when the look began and when it was done.
            place: where; None = it came to nothing before a place was found.
        """
        address = place.pick.address if place is not None else None
        return Observation(
            url_key=order.url_key,
            order_id=order.order_id,
            case_id=order.case_id,
            hoster=order.hoster,
            role=order.role,
            vantage=self.vantage.id,
            target=order.target,
            slot_at=order.slot_at,
            sent_at=took[0],
            done_at=took[1],
            asked=order.asked,
            address_key=hashed("address", address) if address else "",
            hosters=place.pick.hosters if place is not None else (),
            nxdomain=place is not None and place.led.nxdomain,
            old_address=place is not None and place.pick.old and address is not None,
            announced=self.vantage.announced,
            asn=self.vantage.asn,
            facts=facts,
        )

    def _place(self, order: ProbeOrder, target: CanonicalUrl, at: Instant) -> _Place:
        places = self.eye.places
        led = places.find(target.host, at)
        return _Place(led, places.choose(order, led))

    def _seen(self, order: ProbeOrder, target: CanonicalUrl, place: _Place, at: Instant) -> Asked:
        address = place.pick.address
        if address is None:
            return Asked(Facts(error=ProbeError.NXDOMAIN), 0)
        denied = _denied(place, address)
        if denied is not None:
            return Asked(Facts(error=denied), 0)
        check = order.cross_check and order.target is not Target.ROOT
        return self.eye.look(target, address, at, check=check)

    def _news(self, order: ProbeOrder, led: Led, at: Instant) -> Iterator[Fact]:
        if order.role is Role.PROXY:
            return
        led = led.as_looked_at()
        said = hash((led.nxdomain, tuple((draft.hoster, draft.role) for draft in led.drafts)))
        before, times = self._told.get(order.url_key, (0, 0))
        times = times + 1 if before == said else 1
        self._told[order.url_key] = said, min(times, SAME_MAX + 1)
        if times <= SAME_MAX:
            inclusions = self.eye.places.snapshot.inclusions
            yield attribution(order.url_key, self.vantage.id, led, at, inclusions)


@lru_cache(maxsize=16_384)
def _canonical(sealed: str, url_key: str) -> CanonicalUrl:
    return canonical(opened(sealed, reported_url(url_key)))


_lanes: Final = lru_cache(maxsize=16_384)(lanes_of)


@lru_cache(maxsize=4_096)
def _allowed(address: str) -> bool:
    return judge(address, RULES).allowed


def _denied(place: _Place, address: str) -> ProbeError | None:
    """Return why the gate forbids a look, None if it does not; as `agents.stages.probe.stage` has
    it.
    """
    judged = [_allowed(one) for one in place.led.addresses]
    if not _allowed(address):
        mixed = not place.pick.old and any(judged)
        return ProbeError.BLOCKED_POLICY_MIXED if mixed else ProbeError.BLOCKED_POLICY
    if place.pick.old or all(judged):
        return None
    return ProbeError.BLOCKED_POLICY_MIXED
