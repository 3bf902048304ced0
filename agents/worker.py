"""The composition root: builds the stages of the given roles and runs them in one process."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from agents.config import ProbeSettings, Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import LedgerKeys
from agents.edges.dns.resolution import NameResolver
from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import Locator
from agents.edges.http_probe.infrastructure import LOOKUP_DEADLINE_S, with_own_addresses_denied
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.metric_types.feed_instruments import CHANGES
from agents.edges.metric_types.instruments import ATTRIBUTED, FOLDED
from agents.edges.metrics.answer_metrics import AnswerCollector
from agents.edges.metrics.attribution_metrics import Placed
from agents.edges.metrics.engine_metrics import RolesOfProcess
from agents.edges.metrics.environment_metrics import EnvironmentCollector
from agents.edges.metrics.feed_metrics import FeedCollector, FeedDelays
from agents.edges.metrics.lookup_metrics import LookupCollector
from agents.edges.metrics.probe_metrics import ProberCounts
from agents.edges.metrics.proposal_metrics import ProposalCollector
from agents.edges.metrics.result_metrics import ResultCollector
from agents.edges.metrics.root_metrics import RootCollector
from agents.edges.metrics.set_aside_metrics import SetAsideCollector
from agents.edges.registry.desk_topics import DeskTopics
from agents.edges.registry.hotlines import hotlines_of_registry
from agents.edges.registry.reader import RegistryReader
from agents.edges.registry.skips import SkipReader
from agents.edges.web.server import WebServer
from agents.engine.consume.app import running
from agents.engine.consume.failed_attempts import Attempts
from agents.engine.consume.guarded_stage import guarded
from agents.engine.consume.poison_records import Guard
from agents.engine.failures import crash
from agents.engine.observe.liveness import BrokerReachability
from agents.engine.observe.ownership import OWNERSHIP
from agents.engine.produce.broker_time import BrokerClock
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.timekeeper import Timekeeper
from agents.engine.produce.transactions import Transactions
from agents.engine.stage import Stage
from agents.engine.state.stores import stores_for
from agents.engine.supervision import Supervisor
from agents.errors import UserError
from agents.process.gc_tuning import collecting_seldom
from agents.spelling import meant
from agents.stages.attribution.stage import AttributionStage, Dependencies
from agents.stages.cases.ledger_filter import LedgerFilter
from agents.stages.feedback import stage as feedback
from agents.stages.intake.inboxes import follow_inboxes
from agents.stages.intake.stage import IntakeStage
from agents.stages.lifecycle.stage import ROLE as LIFECYCLE
from agents.stages.lifecycle.stage import LifecycleStage
from agents.stages.probe.settled_orders import SettledOrders
from agents.stages.probe.stage import ProbeStage
from agents.stages.probe.target_resolver import TargetResolver
from agents.stages.rollup.served_pages import ServedPages
from agents.stages.rollup.stage import RollupStage
from schemas import topics
from streams.lifecycle import FoldResult

PROBE = "probe-"
ROLLUP = "rollup"
"""The one role without a group: each of its processes reads all of `cases.v1`."""


def roles_of(settings: Settings) -> tuple[str, ...]:
    """Return all roles: the stages, and a probe role per vantage."""
    probes = tuple(PROBE + vantage.id for vantage in settings.vantages)
    return ("intake", "attribution", "lifecycle", feedback.ROLE, *probes, ROLLUP)


@dataclass(slots=True)
class Worker:
    """What the stages of one process share.

    Attributes:
        settings: with `kafka.bootstrap` set.
        names: the resolver; None = the settings' name servers. A replay hands in one that asks
            nobody.
        probing: probes are ordered.
        serving: /metrics is served also without the role rollup, which always serves it.
        rollup, web: set once these run.
    """

    settings: Settings
    names: NameResolver | None = None
    probing: bool = True
    serving: bool = False
    rollup: RollupStage | None = None
    web: WebServer | None = None
    _keys: Keyring = field(init=False)
    _registry: RegistryReader = field(init=False)
    _skips: SkipReader = field(init=False)
    _networks: Networks = field(init=False)
    _locator: Locator = field(init=False)
    _time: Timekeeper = field(init=False)
    _probe_settings: ProbeSettings = field(init=False)
    _reachability: BrokerReachability | None = None
    _probing: dict[str, ProberCounts] = field(default_factory=dict)
    _placed: Counter[Placed] | None = None
    _fold_results: Counter[FoldResult] | None = None
    _feed_delays: FeedDelays | None = None
    _told: Counter[feedback.ChangeResult] | None = None

    @asynccontextmanager
    async def run(self, roles: Sequence[str]) -> AsyncIterator["Worker"]:
        """Run the roles for the duration of the context.

        Raises:
            UserError: an unknown role, a missing key file or database, topics that are not as
                they must be, or a clock that is wrong.
        """
        unknown = set(roles) - set(roles_of(self.settings))
        if unknown:
            word = min(unknown)
            raise UserError(f"no such role: {word}{meant(word, roles_of(self.settings))}")
        async with AsyncExitStack() as stack:
            stack.enter_context(collecting_seldom())
            hotlines = await hotlines_of_registry(self.settings)
            await apply(self.settings, wanted(self.settings, hotlines))
            await self._prepare(stack)
            OWNERSHIP.expect(role for role in roles if role != ROLLUP)
            # the port is taken before a group is joined: who cannot have it must take no partition
            if ROLLUP in roles:
                await self._start_rollup(stack, roles)
            elif self.serving:
                await self._serve(stack, None, roles)
            await self._start_all(stack, [role for role in roles if role != ROLLUP], hotlines)
            yield self

    async def _prepare(self, stack: AsyncExitStack) -> None:
        self._time = Timekeeper(self.settings)
        await self._time.start()
        stack.push_async_callback(self._time.stop)
        async with asyncio.timeout(LOOKUP_DEADLINE_S):
            self._probe_settings = await asyncio.to_thread(with_own_addresses_denied, self.settings)
        keys = LedgerKeys(self.settings)
        await keys.start()
        stack.push_async_callback(keys.stop)
        if keys.task is not None:
            keys.task.add_done_callback(_crash_on_fault)
        self._keys = keys.ring
        self._registry = RegistryReader(self.settings, self._keys.hash, crash)
        await self._registry.start()
        stack.push_async_callback(self._registry.stop)
        self._skips = SkipReader(self.settings, lambda: self._registry.persons, self._keys.hash)
        await self._skips.start()
        stack.push_async_callback(self._skips.stop)
        if self.names is None:
            self.names = Resolver(self.settings.clock.clock(), self.settings.dns)
        stack.push_async_callback(self.names.close)
        self._networks = Networks(self.settings.datasets.asn, self.settings.datasets.country)
        self._locator = Locator(self.names, self._networks, self._registry)

    async def _start_all(
        self, stack: AsyncExitStack, roles: Sequence[str], hotlines: Sequence[str]
    ) -> None:
        """Start the roles side by side: each mostly waits, for Faust and for its group."""
        stacks = [await stack.enter_async_context(AsyncExitStack()) for _ in roles]
        starts = [self._start(own, role, hotlines) for own, role in zip(stacks, roles, strict=True)]
        # all are let come to an end, so that what has started is stopped by its own stack
        for failure in await asyncio.gather(*starts, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _start(self, stack: AsyncExitStack, role: str, hotlines: Sequence[str]) -> None:
        outbox = KafkaOutbox(self.settings, f"hostwatch-{role}")
        await outbox.start()
        stack.push_async_callback(outbox.stop)
        guard = self._guard(role)
        if role == LIFECYCLE:
            stage = self._lifecycle(stack, outbox, guard)
        elif role == feedback.ROLE:
            stage, self._told = feedback.made(self.settings, self._keys, stack, guard)
        else:
            stage = self._stage(role, outbox, hotlines, guard)
        await stack.enter_async_context(running(guarded(stage, guard), self.settings))
        if isinstance(stage, IntakeStage):
            self._feed_delays = stage.feed_delays
            following = follow_inboxes(self.settings, self._registry, stage)
            stack.push_async_callback(Supervisor(following, "inboxes").end)

    def _guard(self, role: str) -> Guard:
        attempts = Attempts(self.settings.state_dir, role)
        return Guard(role, self._skips.aside, attempts, self._skips.check)

    def _lifecycle(self, stack: AsyncExitStack, outbox: KafkaOutbox, guard: Guard) -> Stage:
        stores = stores_for(self.settings, topics.CASES.name)
        stack.callback(stores.close)
        lifecycle = LifecycleStage(
            self.settings,
            outbox,
            Transactions(self.settings, LIFECYCLE),
            probing=self.probing,
            stores=stores,
            clock=BrokerClock(self.settings.clock.clock(), self._time.time),
            ledger_filter=LedgerFilter(guard, self._skips.aside, self._registry.persons.admits),
        )
        self._fold_results = lifecycle.results
        return lifecycle

    def _stage(
        self, role: str, outbox: KafkaOutbox, hotlines: Sequence[str], guard: Guard
    ) -> Stage:
        settings, keys = self.settings, self._keys
        clock = BrokerClock(settings.clock.clock(), self._time.time)
        match role:
            case "intake":
                return IntakeStage(settings, keys, self._registry, outbox, hotlines, guard=guard)
            case "attribution":
                stage = AttributionStage(Dependencies(self._locator, keys, clock), outbox)
                self._placed = stage.results
                return stage
            case _:
                return self._probe(role.removeprefix(PROBE), outbox)

    def _probe(self, id: str, outbox: KafkaOutbox) -> Stage:
        vantage = next(vantage for vantage in self.settings.vantages if vantage.id == id)
        clock = self.settings.clock.clock()
        resolver = TargetResolver(
            locator=self._locator, registry=self._registry, keys=self._keys, clock=clock
        )
        settled = SettledOrders(id, self.settings, lambda: self._time.time.at_least() or 0)
        probe = ProbeStage(
            vantage, resolver, self._probe_settings, outbox, outbox.time.at_most, settled=settled
        )
        self._probing = {**self._probing, id: probe.counts}
        return probe

    async def _start_rollup(self, stack: AsyncExitStack, roles: Sequence[str]) -> None:
        rollup = RollupStage(self.settings, guard=self._guard(ROLLUP))
        self._reachability = BrokerReachability(self.settings, topics.CASES.name)
        for work, name in ((rollup.run(), ROLLUP), (self._reachability.run(), "hearing")):
            stack.push_async_callback(Supervisor(work, name).end)
        await self._serve(stack, rollup, roles)
        self.rollup = rollup

    async def _serve(
        self, stack: AsyncExitStack, rollup: RollupStage | None, roles: Sequence[str]
    ) -> None:
        desk = DeskTopics(self.settings, lambda: self._registry.persons)
        await desk.start(stack)
        process_roles = RolesOfProcess(
            running=tuple(role for role in roles if role != ROLLUP),
            roles=tuple(role for role in roles_of(self.settings) if role != ROLLUP),
            partitions=self.settings.kafka.partitions,
            loading={} if rollup is None else {ROLLUP: lambda: rollup.to_load},
            broker_answers=(lambda: True)
            if self._reachability is None
            else self._reachability.answers,
        )
        asked = self.names if isinstance(self.names, Resolver) else None
        web = WebServer(
            self.settings.web,
            (lambda: rollup.view) if rollup else None,
            process_roles,
            lambda: self._probing,
            others={
                "surroundings": EnvironmentCollector(
                    self.settings,
                    self._networks.builds,
                    self._time.apart_ms,
                    self._keys,
                ),
                "proposals": ProposalCollector(desk.proposals.book.oldest_at),
                "roots": RootCollector(desk.newest_root_at),
                "answers": AnswerCollector(
                    None if rollup is None else lambda: rollup.answers.recent(rollup.view.as_of)
                ),
                "set aside": SetAsideCollector(self._skips.aside.counts),
                "lookups": LookupCollector(lambda: asked, self._networks),
                "attribution": ResultCollector(ATTRIBUTED, Placed, lambda: self._placed),
                "feeds": FeedCollector(lambda: self._feed_delays),
                "lifecycle": ResultCollector(FOLDED, FoldResult, lambda: self._fold_results),
                "feedback": ResultCollector(CHANGES, feedback.ChangeResult, lambda: self._told),
            },
        )
        if rollup:
            aside, admits = self._skips.aside, self._registry.persons.admits
            ledger = LedgerLookup.indexed(self.settings, self._keys.hash, aside, admits)
            pages = ServedPages(self.settings, rollup, ledger)
            pages.on(web, stack)
            await pages.own(stack)
        await web.start()
        stack.push_async_callback(web.stop)
        self.web = web


def _crash_on_fault(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        crash(task.get_name(), error)
