"""A prober stage on a key file and real sockets, with an outbox that keeps what it is given."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loose_keys import LooseKeys
from quick_clock import quick

from agents.clock import Clock
from agents.config import ProbeSettings, VantageSettings
from agents.edges.dns.resolution import NameResolver
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import Locator
from agents.engine.stage import Received, Send
from agents.stages.probe.settled_orders import SettledOrders
from agents.stages.probe.stage import ProbeStage
from agents.stages.probe.target_resolver import TargetResolver
from schemas.closed_lists import Target
from schemas.codec import FACT, ORDER
from schemas.identity.ids import canonical
from schemas.moments import HOUR_MS
from schemas.records.facts import Attribution, Fact, Observation
from schemas.records.processing import ProbeOrder
from schemas.records.registry import HosterEntry
from schemas.seal_context import placed_address, reported_url
from streams.registry.snapshot import RegistryHistory

OWN, OLD, OTHER, EDGE = "127.40.1.1", "127.40.1.2", "127.40.2.1", "127.40.3.1"
"""Addresses of the hosters `rack` (two), `shed` and of the proxy `edge`."""


@dataclass
class FakeRegistry:
    """Holds a registry."""

    registry_history: RegistryHistory


@dataclass
class Tray:
    """An outbox that keeps what it is given, list by list."""

    lists: list[list[Send]] = field(default_factory=list)

    async def send(self, records: Sequence[Send]) -> None:
        """Keep the records."""
        self.lists.append(list(records))

    @property
    def observations(self) -> list[Observation]:
        """All observations, decoded."""
        return [fact for fact in self.facts if isinstance(fact, Observation)]

    @property
    def attributions(self) -> list[Attribution]:
        """All attributions, decoded."""
        return [fact for fact in self.facts if isinstance(fact, Attribution)]

    @property
    def facts(self) -> list[Fact]:
        """All facts, decoded."""
        return [FACT.decode(send.value) for sends in self.lists for send in sends]


@dataclass
class Bench:
    """A prober and what it works with."""

    keys: LooseKeys
    clock: Clock
    tray: Tray
    stage: ProbeStage
    orders: int = 0

    def order(self, url: str, **fields) -> ProbeOrder:
        """Return an order for a URL of the hoster `rack`, due now."""
        now, key = self.clock.now(), self.keys.url_key(canonical(url))
        self.orders += 1
        said = {
            "order_id": f"order-{self.orders}",
            "url_key": key,
            "case_id": "case",
            "hoster": "rack",
            "vantage": "north",
            "target": Target.URL,
            "slot_at": now,
            "not_before": now,
            "not_after": now + 24 * HOUR_MS,  # a busy machine may take seconds, of an hour each
            "asked": ("north", "south"),
            "sealed": self.keys.seal(url, now, reported_url(key)),
            "salt": "salt",
        }
        return ProbeOrder(**{**said, **fields})

    def old(self, address: str, url: str) -> str:
        """Return an address of a URL, sealed."""
        bound = placed_address(self.keys.url_key(canonical(url)))
        return self.keys.seal(address, self.clock.now(), bound)

    async def settle(self, *orders: ProbeOrder) -> list[Observation]:
        """Hand orders to the stage as the engine does, and return what was observed."""
        seen = len(self.tray.observations)
        async with asyncio.TaskGroup() as group:
            for order in orders:
                group.create_task(self.stage.handle([received(order)]))
        return self.tray.observations[seen:]


def received(order: ProbeOrder) -> Received:
    """Return an order as it stands on the broker."""
    value = ORDER.encode(order)
    return Received("probes.north.v1", 0, 0, order.slot_at, order.hoster.encode(), value)


def other_hoster_prefix(number: int) -> str:
    """Return the first three parts of the addresses of one of the other hosters."""
    return f"127.{41 + number // 250}.{number % 250}"


def bench_of(
    folder: Path,
    names: NameResolver,
    *,
    vantage: dict[str, object] | None = None,
    clock: Clock | None = None,
    companies: int = 0,
    outbox: Tray | None = None,
    broker_ms: Callable[[], int | None] = lambda: None,
    settled: SettledOrders | None = None,
    **settings: object,
) -> Bench:
    """Set up a prober, by default in a world in which an hour passes in a second.

    Args:
        folder: where its key file is, made if there is none.
        names: its resolver.
        vantage: what is not as usual about the place.
        clock: world time.
        companies: how many hosters there are besides, `c0` and so on; see `other_hoster_prefix`.
        outbox: keeps its facts.
        broker_ms: what the broker's clock shows at most.
        settled: knows which orders have their facts.
        settings: what is not as usual about the prober.
    """
    hosters = [
        HosterEntry(id=id, version=1, valid_from=0, name=id, prefixes=(f"127.40.{number}.0/24",))
        for number, id in enumerate(("rack", "shed"), start=1)
    ]
    hosters += [
        HosterEntry(
            id=f"c{n}",
            version=1,
            valid_from=0,
            name=f"c{n}",
            prefixes=(f"{other_hoster_prefix(n)}.0/24",),
        )
        for n in range(companies)
    ]
    edge = {"name": "edge", "type": "proxy", "prefixes": ("127.40.3.0/24",)}
    hosters.append(HosterEntry(id="edge", version=1, valid_from=0, **edge))
    file = folder / "keys.json"
    keys = LooseKeys.load(file) if file.exists() else LooseKeys.create(file)
    clock = clock or quick(3_600.0)
    shelf = FakeRegistry(RegistryHistory(hosters))
    tray = outbox or Tray()
    resolver = TargetResolver(
        locator=Locator(names, Networks(), shelf), registry=shelf, keys=keys, clock=clock
    )
    set_up = ProbeSettings(
        **{"allow_networks": ("127.40.0.0/14",), "requests_per_minute": 1_000, **settings}
    )
    where = VantageSettings(id="north", **(vantage or {}))
    return Bench(
        keys, clock, tray, ProbeStage(where, resolver, set_up, tray, broker_ms, settled=settled)
    )
