"""Makes the stages of the simulator's processes, as `agents.worker` makes those of a worker.

Probing goes to the practice world's servers and names; all else is what a worker runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from agents.config import Settings, VantageSettings
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import Locator
from agents.engine.stage import Stage
from agents.stages.attribution.stage import AttributionStage, Dependencies
from agents.stages.feedback.stage import ROLE as FEEDBACK
from agents.stages.feedback.stage import FeedbackStage
from agents.stages.intake.stage import IntakeStage
from agents.stages.lifecycle.stage import ROLE as LIFECYCLE
from agents.stages.lifecycle.stage import LifecycleStage
from agents.stages.probe.settled_orders import SettledOrders
from agents.stages.probe.stage import ProbeStage
from agents.stages.probe.target_resolver import TargetResolver
from sim.memory.broker.broker import Broker
from sim.memory.broker.client import Outbox, Transactions
from sim.memory.broker.faults import Faults
from sim.memory.broker.virtual_time import WorldSchedule
from sim.memory.stages.exchange import MisreadingVantage, Servers
from sim.memory.stages.resolver import WorldNames
from sim.memory.stages.secrets import RING
from sim.world.http_answers import Monitor
from sim.world.world import World
from streams.registry.snapshot import RegistryHistory

MONITOR: Final = Monitor(
    announced=frozenset({"127.0.1.1"}), unannounced=frozenset({"127.0.2.1"})
)  # nobody knows the hidden one


@dataclass(frozen=True, slots=True)
class _Registry:
    registry_history: RegistryHistory


@dataclass(slots=True, kw_only=True)
class Makers:
    """Makes stages.

    Attributes:
        settings: of all processes.
        broker, schedule: shared.
        registry_history, world: registry, and what there is.
        misreading: vantages that see something else than there is, by id.
        folder: of the processes' files.
    """

    settings: Settings
    broker: Broker
    schedule: WorldSchedule
    registry_history: RegistryHistory
    world: World
    misreading: Mapping[str, MisreadingVantage]
    folder: Path
    _networks: Networks = field(default_factory=Networks)
    _processes: "count[int]" = field(default_factory=count)

    def intake(self, faults: Faults, *, hotlines: Sequence[str]) -> Stage:
        """Return an intake with a folder of its own."""
        folder = self.folder / str(next(self._processes))
        settings = self.settings.model_copy(update={"state_dir": folder})
        return IntakeStage(
            settings, RING, _Registry(self.registry_history), self._outbox(faults), hotlines
        )

    def attribution(self, faults: Faults) -> Stage:
        """Return an attribution."""
        return AttributionStage(
            Dependencies(self._locator(), RING, self.schedule.clock), self._outbox(faults)
        )

    def lifecycle(self, faults: Faults) -> Stage:
        """Return a lifecycle."""
        writer = Transactions(self.broker, LIFECYCLE, faults)
        clock = self.schedule.clock
        return LifecycleStage(self.settings, self._outbox(faults), writer, clock=clock)

    def feedback(self, faults: Faults) -> Stage:
        """Return a feedback."""
        return FeedbackStage(self.settings, RING, Transactions(self.broker, FEEDBACK, faults))

    def probe(self, faults: Faults, *, vantage: VantageSettings) -> Stage:
        """Return the prober of a vantage."""
        clock, settings = self.schedule.clock, self.settings
        registry = _Registry(self.registry_history)
        resolver = TargetResolver(
            locator=self._locator(), registry=registry, keys=RING, clock=clock
        )
        servers = Servers(
            world=self.world,
            monitor=MONITOR,
            hosters={hoster.address: hoster for hoster in self.world.plan.hosters},
            clock=clock,
            bend=self.misreading.get(vantage.id),
        )
        return ProbeStage(
            vantage,
            resolver,
            settings.probe,
            self._outbox(faults),
            settled=SettledOrders(vantage.id, settings, self._wall_ms),
            exchange=servers.exchange,
        )

    def _outbox(self, faults: Faults) -> Outbox:
        return Outbox(self.broker, self.schedule, faults)

    def _locator(self) -> Locator:
        hosters = {hoster.id: hoster for hoster in self.world.plan.hosters}
        names = WorldNames(self.world, hosters, self.schedule.clock)
        return Locator(names, self._networks, _Registry(self.registry_history))

    def _wall_ms(self) -> int:
        return round(self.schedule.loop.time() * 1_000)
