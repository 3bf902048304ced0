"""All stages over the broker in memory: the worker's own code, in processes on virtual time."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

from agents.config import KafkaSettings, ProbeSettings, Settings, VantageSettings
from agents.engine.deadlines import without_deadlines
from agents.engine.failures import ended_by
from agents.engine.fault_points import FaultPoint, listening
from agents.engine.read.brokers import local
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received, Stage
from agents.process.log import errors_only
from agents.stages.rollup.stage import RollupStage
from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from schemas.topics import ANSWERS, CASES, HOTLINE, LEDGER, PROBES, REPORTS
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.broker.client import Local
from sim.memory.broker.clock import SPEED, clock_from, settings_from
from sim.memory.broker.faults import Fault, FaultRates, Faults
from sim.memory.broker.groups import ConsumerGroup
from sim.memory.broker.loop import PROCESS, ProcessEnded, virtual_loop
from sim.memory.broker.positions import LifecyclePositions
from sim.memory.broker.virtual_time import WorldSchedule
from sim.memory.own_pages import send_of
from sim.memory.stages.exchange import SILENT_MS, MisreadingVantage
from sim.memory.stages.makers import Makers
from sim.world.hotlines import HotlineEvent
from sim.world.world import World
from streams.registry.snapshot import RegistryHistory

VANTAGES: Final = (
    VantageSettings(id="announced", asn=64_496, source_address="127.0.1.1"),
    VantageSettings(id="quiet", asn=64_497, announced=False, source_address="127.0.2.1"),
    VantageSettings(
        id="hidden", asn=64_498, announced=False, recheck=True, source_address="127.0.3.1"
    ),
)

DRAIN_MS: Final = 90 * MINUTE_MS
"""After the last probe: longer than anything that is still on its way takes."""

READ_EVERY_S: Final = 4.0

SETTLE_S: Final = 15.0
"""Seconds of the loop in which a rollup reads all and works it out anew: it sweeps every 5 s."""


class PeriodicFollower(Follower):
    """Reads on every few seconds of the loop: to follow each record took a third of a run."""

    async def poll(self) -> list[Received]:
        """Return what came since; see `agents.engine.read.bulk.Follower.poll`."""
        if self.caught_up:
            await asyncio.sleep(READ_EVERY_S)
        return await super().poll()


_SOON_MS: Final = (0, 2 * SECOND_MS)
_names = count()


@dataclass(slots=True)
class Pipeline:
    """Broker, groups and a rollup.

    Attributes:
        fault_rates: what goes wrong.
        seed: of what goes wrong.
        hotlines: whose inboxes are read.
        registry_history, world: registry, and what there is.
        from_at, until: it works from one instant to another.
        port: that all URLs name.
        misreading: vantages that see something else than there is, by id.
        broker: where everything stands at the end.
        live: a rollup that follows all the time.
        late: one that reads everything at the end.
        counts: what went wrong.
        positions: of lifecycle, as a reader sees them.
    """

    fault_rates: FaultRates
    seed: int
    hotlines: Sequence[str]
    registry_history: RegistryHistory
    world: World
    from_at: Instant
    until: Instant
    port: int
    misreading: Mapping[str, MisreadingVantage] = field(default_factory=dict)
    speed: float = SPEED
    schedule: WorldSchedule = field(init=False)
    broker: Broker = field(init=False)
    live: RollupStage = field(init=False)
    late: RollupStage = field(init=False)
    counts: Counter[Fault] = field(default_factory=Counter)
    positions: LifecyclePositions = field(init=False)
    _settings: Settings = field(init=False)
    _groups: list[ConsumerGroup] = field(default_factory=list)

    def __post_init__(self) -> None:
        loop = virtual_loop()
        self.schedule = WorldSchedule(loop, clock_from(self.from_at, self.speed))
        orders = frozenset(PROBES.named(vantage.id) for vantage in VANTAGES)
        self.broker = Broker(lambda: self.schedule.now, orders)
        self.positions = LifecyclePositions(self.broker)
        self.broker.follow(CASES.name, self.positions.on_written)
        self._settings = Settings(
            kafka=KafkaSettings(bootstrap=f"memory-{next(_names)}", partitions=PARTITIONS),
            clock=settings_from(self.from_at, self.speed),
            vantages=VANTAGES,
            probe=ProbeSettings(
                deadline_s=SILENT_MS / 1_000 / self.speed,
                recheck_share=1.0,
                allow_networks=("127.40.0.0/16",),
                ports=(80, 443, self.port),
            ),
        )
        self.live, self.late = (
            RollupStage(self._settings, PeriodicFollower, monotonic=loop.time) for _ in range(2)
        )

    def run(self, events: Sequence[HotlineEvent], on_progress: Callable[[float], None]) -> None:
        """Work off what the hotlines send, and end in order.

        Args:
            events: in order of time.
            on_progress: is called with the share that is done.
        """
        with self._reached() as folder:
            self._start(folder)
            for event in events:
                self.schedule.plan(event.at, partial(self.broker.write, send_of(event)))
            for at in range(self.from_at, self.until, HOUR_MS):
                self.schedule.run(at)
                on_progress((at - self.from_at) / (self.until - self.from_at))
            self.schedule.run(self.until)
            self._drain()
        self.counts[Fault.FENCED] = self.broker.fenced

    def _drain(self) -> None:
        """Nothing more is ordered, probed or goes wrong; what was written is worked off."""
        self.broker.closed = self.broker.passing
        for group in self._groups:
            group.faults.over = True
            if group.misses:
                group.end()
        self.schedule.run(self.until + DRAIN_MS)
        for group in self._groups:
            group.end()
        loop = self.schedule.loop
        loop.create_task(self.late.run())
        loop.run(loop.time() + SETTLE_S)

    @contextmanager
    def _reached(self) -> Iterator[Path]:
        """Let stages reach the broker, and have their faults happen; give a folder for them."""
        with ExitStack() as stack:
            reached = Local(self.broker, self.schedule.clock.world)
            stack.enter_context(local(self._settings.kafka.bootstrap or "", reached))
            stack.enter_context(listening(_Listener()))
            stack.enter_context(ended_by(_end))
            stack.enter_context(without_deadlines())
            stack.enter_context(errors_only())
            folder = stack.enter_context(TemporaryDirectory(prefix="hostwatch-"))
            stack.callback(self.schedule.loop.close)
            yield Path(folder)

    def _start(self, folder: Path) -> None:
        self.schedule.loop.create_task(self.live.run())
        makers = Makers(
            settings=self._settings,
            broker=self.broker,
            schedule=self.schedule,
            registry_history=self.registry_history,
            world=self.world,
            misreading=self.misreading,
            folder=folder,
        )
        inboxes = [HOTLINE.named(id) for id in self.hotlines]
        self._group(
            "intake", [*inboxes, ANSWERS.name], partial(makers.intake, hotlines=self.hotlines)
        )
        self._group("attribution", [REPORTS.name], makers.attribution)
        self._group("lifecycle", [spec.name for spec in LEDGER], makers.lifecycle)
        self._group("feedback", [REPORTS.name, CASES.name], makers.feedback)
        for vantage in VANTAGES:
            topic = PROBES.named(vantage.id)
            stage = partial(makers.probe, vantage=vantage)
            self._group(f"probe-{vantage.id}", [topic], stage, misses=True)

    def _group(
        self,
        role: str,
        topics: Sequence[str],
        stage: Callable[[Faults], Stage],
        *,
        misses: bool = False,
    ) -> None:
        faults = Faults(self.fault_rates, random.Random(f"{self.seed}/{role}"), self.counts)
        group = ConsumerGroup(
            role=role,
            topics=topics,
            broker=self.broker,
            schedule=self.schedule,
            faults=faults,
            stage=partial(stage, faults),
            lag_ms=_SOON_MS,
            misses=misses,
        )
        self._groups.append(group)
        group.start()


class _Listener:
    def passed(self, _: FaultPoint) -> None:
        process = PROCESS.get()
        if process is not None:
            process.member.passed()


def _end(where: str, error: BaseException) -> NoReturn:
    process = PROCESS.get()
    if process is None:
        raise error
    process.member.crashed(where, error)
    raise ProcessEnded
