"""All stages over the broker in memory: what stands where, and who reads what."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from agents.config import ProbeSettings, VantageSettings
from agents.engine.stage import Send
from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from schemas.topics import CASES, HOTLINE, PROBES, REPORTS
from sim.memory.broker.broker import Broker
from sim.memory.broker.faults import Fault, Faults, Weather
from sim.memory.broker.groups import Group
from sim.memory.broker.owners import Owner, Stage
from sim.memory.broker.virtual_time import Agenda
from sim.memory.stages import attribution, lifecycle
from sim.memory.stages.attribution import Attribution
from sim.memory.stages.context import Hands
from sim.memory.stages.intake import Intake
from sim.memory.stages.lifecycle import Lifecycle
from sim.memory.stages.looks import Bend, Eye
from sim.memory.stages.places import Places
from sim.memory.stages.prober import Prober
from sim.memory.stages.probing import Probing
from sim.memory.stages.rollup import Positions, Rollup
from sim.world.hotlines import Event
from sim.world.http_answers import AGENT_MARK, Monitor
from streams.registry.snapshot import Book
from streams.schedule.orders import Orders
from streams.schedule.politeness import Politeness

VANTAGES: Final = (
    VantageSettings(id="announced", asn=64_496, source_address="127.0.1.1"),
    VantageSettings(id="quiet", asn=64_497, announced=False, source_address="127.0.2.1"),
    VantageSettings(
        id="hidden", asn=64_498, announced=False, recheck=True, source_address="127.0.3.1"
    ),
)
MONITOR: Final = Monitor(
    announced=frozenset({"127.0.1.1"}), quiet=frozenset({"127.0.2.1"})
)  # nobody knows the hidden one

DRAIN_MS: Final = 90 * MINUTE_MS
"""After the last look: longer than anything that is still on its way takes."""

_SOON_MS: Final = (0, 2 * SECOND_MS)
_FOLD_MS: Final = (20 * SECOND_MS, 40 * SECOND_MS)
"""Lifecycle takes what the looks of one slot bring as one list: they are begun within 20 s."""


@dataclass(slots=True)
class Pipeline:
    """Broker, groups and a rollup.

    Attributes:
        weather: what goes wrong.
        seed: of what goes wrong.
        hotlines: whose inboxes are read.
        book, places: registry, and where names lead.
        from_at, until: it works from one instant to another.
        broker: where everything stands at the end.
        bends: vantages that see something else than there is, by id.
        live: a rollup that follows all the time.
        counts: what went wrong.
        positions: of lifecycle, as a reader sees them.
    """

    weather: Weather
    seed: int
    hotlines: Sequence[str]
    book: Book
    places: Places
    from_at: Instant
    until: Instant
    bends: Mapping[str, Bend] = field(default_factory=dict)
    agenda: Agenda = field(init=False)
    broker: Broker = field(init=False)
    live: Rollup = field(default_factory=Rollup)
    counts: Counter[Fault] = field(default_factory=Counter)
    positions: Positions = field(init=False)
    _faults: list[Faults] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.from_at)
        orders = frozenset(PROBES.named(vantage.id) for vantage in VANTAGES)
        self.broker = Broker(self.agenda, orders)
        self.positions = Positions(self.broker)
        self.broker.follow(CASES.name, self.positions.told)

    def run(self, events: Sequence[Event], told: Callable[[float], None]) -> None:
        """Work off what the hotlines send, and end in order.

        Args:
            events: in order of time.
            told: is told which share is done.
        """
        inboxes = [HOTLINE.named(id) for id in self.hotlines]
        self._group("intake", inboxes, self._intake, _SOON_MS)
        self._group(attribution.ROLE, [REPORTS.name], self._attribution, _SOON_MS)
        self._group(lifecycle.ROLE, lifecycle.LEDGER_TOPICS, self._lifecycle, _FOLD_MS)
        for vantage in VANTAGES:
            stage = partial(self._probing, vantage)
            self._group(f"probe-{vantage.id}", [PROBES.named(vantage.id)], stage, _SOON_MS)
        for event in events:
            send = Send(HOTLINE.named(event.hotline), event.key, event.value)
            self.agenda.plan(event.at, partial(self.broker.write, send))
        for at in range(self.from_at, self.until, HOUR_MS):
            self.agenda.run(at)
            self.live.follow(self.broker, at)
            told((at - self.from_at) / (self.until - self.from_at))
        self.agenda.run(self.until)
        for faults in self._faults:
            faults.over = True
        self.agenda.run(self.until + DRAIN_MS)
        self.live.follow(self.broker, self.until)
        self.counts[Fault.FENCED] = self.broker.fenced

    def _group(
        self,
        role: str,
        topics: Sequence[str],
        stage: Callable[[Owner], Stage],
        lag_ms: tuple[int, int],
    ) -> None:
        faults = Faults(self.weather, random.Random(f"{self.seed}/{role}"), self.counts)
        self._faults.append(faults)
        Group(role, topics, self.broker, self.agenda, faults, stage, lag_ms).start()

    def _hands(self, owner: Owner) -> Hands:
        return Hands(
            broker=self.broker,
            agenda=self.agenda,
            faults=owner.group.faults,
            until=self.until,
        )

    def _intake(self, owner: Owner) -> Stage:
        return Intake(self._hands(owner), self.book, owner.partition)

    def _attribution(self, owner: Owner) -> Stage:
        return Attribution(self._hands(owner), self.places)

    def _lifecycle(self, owner: Owner) -> Stage:
        orders = Orders(VANTAGES, ProbeSettings(recheck_share=1.0))
        return Lifecycle(self._hands(owner), owner, orders)

    def _probing(self, vantage: VantageSettings, owner: Owner) -> Stage:
        eye = Eye(
            world=self.places.world,
            monitor=MONITOR,
            places=self.places,
            hosters={hoster.address: hoster for hoster in self.places.hosters.values()},
            source=vantage.source_address or "",
            agent=AGENT_MARK if vantage.announced else "ordinary",
            bend=self.bends.get(vantage.id),
        )
        politeness = Politeness(ProbeSettings().requests_per_minute)
        return Probing(self._hands(owner), owner, Prober(vantage, eye), politeness)
