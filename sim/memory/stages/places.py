"""Where names lead in memory: resolver, registry and attribution's rules, without a packet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

from schemas.moments import Instant
from schemas.reasons import Role
from schemas.records.facts import Attribution, Placement
from schemas.records.flow import ProbeOrder
from schemas.records.ledger import VantageId
from schemas.records.registry import InclusionEntry
from schemas.seal_context import placed_address
from sim.memory.stages.secrets import hashed, opened, sealed
from sim.world.dns_answers import looked_up
from sim.world.hosters import SimHoster
from sim.world.world import World
from streams.attribution.placement import Draft, Found, judge, placed
from streams.network import NOWHERE, address
from streams.probe.target import Pick, Spot, pick
from streams.registry.hoster_index import HosterIndex
from streams.registry.snapshot import Snapshot
from streams.schedule.sampling import sampling

Inclusions: TypeAlias = Mapping[str, InclusionEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """Where a host leads.

    Attributes:
        nxdomain: there is no such name.
        addresses: all of them.
        spots: whose each of them is.
        drafts: the hosters; nobody's if it has no address.
        choices: the addresses as the prober's choice takes them.
    """

    nxdomain: bool
    addresses: tuple[str, ...] = field(repr=False)
    spots: tuple[Draft, ...]
    drafts: tuple[Draft, ...]
    choices: tuple[Spot, ...] = field(repr=False)

    def as_looked_at(self) -> Self:
        """Return the same as a vantage says it: of no address, no hoster."""
        return self if self.spots else replace(self, drafts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Finds hosts.

    Attributes:
        world: whose names.
        snapshot: the registry.
        index: the same, indexed.
        hosters: those of the world, by id.
    """

    world: World
    snapshot: Snapshot
    index: HosterIndex
    hosters: Mapping[str, SimHoster]
    _known: dict[tuple[str, tuple[str, ...]], Led] = field(default_factory=dict)
    _picks: dict[tuple[str, Role, str, int], Pick] = field(default_factory=dict)

    def find(self, host: str, at: Instant) -> Led:
        """Return where a host leads at an instant."""
        named = looked_up(host, self.world, self.hosters, at)
        known = self._known.get((host, named := tuple(named)))
        if known is None:
            known = self._known[host, named] = self._found(host, named)
        return known

    def choose(self, order: ProbeOrder, led: Led) -> Pick:
        """Return the address at which an order is carried out where its host leads there."""
        bound = placed_address(order.url_key)
        address = opened(order.address, bound) if order.address else ""
        asked = (order.hoster, order.role, address, id(led))  # all are kept, so it is its own
        found = self._picks.get(asked)
        if found is None:
            found = self._picks[asked] = self._choice(order, address, led)
        return found

    def _choice(self, order: ProbeOrder, address: str, led: Led) -> Pick:
        last = None
        if address:
            known = [spot for spot in led.choices if spot.address == address]
            last = (known or self._found(address, ()).choices)[0]
        case = (order.hoster, self.snapshot.group(order.hoster), order.role)
        return pick(led.choices, last, case)

    def _found(self, host: str, named: Sequence[str]) -> Led:
        literal = address(host)
        texts = named if literal is None else (str(literal),)
        known = [one for one in map(address, texts) if one is not None]
        names = (host,) if literal is None else ()
        found = Found(names=names, addresses=dict.fromkeys(known, NOWHERE))
        spots = judge(found, self.index)
        return Led(
            nxdomain=not known,
            addresses=tuple(spot.address for spot in spots),
            spots=spots,
            drafts=placed(spots, found, self.index),
            choices=tuple(map(_choice_of, spots)),
        )


def _choice_of(spot: Draft) -> Spot:
    return Spot(
        address=spot.address,
        hoster=spot.hoster,
        group=spot.group,
        proxy=spot.role is Role.PROXY,
    )


def attribution(
    url_key: str, vantage: VantageId, led: Led, at: Instant, inclusions: Inclusions
) -> Attribution:
    """Return the fact of a resolution.

    Args:
        url_key: whose.
        vantage: who asked.
        led: where the host leads.
        at: when the answer was complete.
        inclusions: inclusion probabilities of the registry, by hoster.
    """
    return Attribution(
        url_key=url_key,
        vantage=vantage,
        at=at,
        nxdomain=led.nxdomain,
        placements=tuple(_placement(draft, url_key, at, inclusions) for draft in led.drafts),
    )


def _placement(draft: Draft, url_key: str, at: Instant, inclusions: Inclusions) -> Placement:
    sampled, bound = sampling(inclusions.get(draft.hoster), url_key), placed_address(url_key)
    return Placement(
        hoster=draft.hoster,
        group=draft.group,
        role=draft.role,
        country=draft.country,
        asn=draft.asn,
        asn_country=draft.asn_country,
        confidence=draft.confidence,
        contested=draft.contested,
        address_key=hashed("address", draft.address) if draft.address else "",
        address=sealed(draft.address.encode(), at, bound) if draft.address else "",
        inclusion=sampled.inclusion,
        sampled=sampled.sampled,
    )
