"""One run in memory: a world of some days, worked off, judged by the oracle and compared."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from agents.process.gc_tuning import collecting_seldom
from schemas.codec import OUTCOME, STATE
from schemas.moments import DAY_MS, HOUR_MS, Instant
from schemas.records.registry import HotlineEntry
from schemas.topics import OUTCOMES
from sim.memory.broker.faults import Fault
from sim.memory.fault_free_reference import FaultFreeReference, LedgerByUrl, newest
from sim.memory.pipeline import VANTAGES, Pipeline
from sim.memory.scenarios.scenario import Scenario
from sim.memory.stages.secrets import key_of
from sim.memory.told import told_otherwise
from sim.oracle.evidence import Evidence
from sim.oracle.findings import OracleFinding
from sim.oracle.made_probes import placed_at, probes_written
from sim.oracle.oracle import Oracle, RunReport
from sim.world.behaviour import Behaviour
from sim.world.hosters import SimHoster
from sim.world.world import Plan, World
from streams.registry.snapshot import RegistryHistory
from streams.rollup.case_table import URL_CASES

PORT: Final = 18_080
SETTLE_MS: Final = 2 * HOUR_MS
"""After the hotlines stopped: what was true then is confirmed within the hour, and written."""


YOUNG_MAX: Final = 200_000
"""Objects made before Python's collector goes through them, in place of 700: in a burst as many
wait for their minute, and then go. None of them closes a cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a scenario is played.

    Attributes:
        hosters: so many of its hosters, chosen by the seed; None = all.
        rate: URLs reported a day, besides the first round and surges; None = the scenario's.
        surge: URLs that a surge has at most, and broken records; None = the scenario's.
    """

    hosters: int | None = None
    rate: float | None = None
    surge: int | None = None

    def of(self, plan: Plan) -> Plan:
        """Return a plan of this size."""
        if self.hosters is not None:
            plan = replace(plan, hosters=_drawn(plan, self.hosters))
        if self.surge is not None:
            most = self.surge
            smaller = [
                replace(one, count=min(one.count, most), broken=min(one.broken, most))
                for one in plan.surges
            ]
            plan = replace(plan, surges=smaller)
        return plan if self.rate is None else replace(plan, rate=self.rate)


WHOLE: Final = Size()


def _drawn(plan: Plan, many: int) -> Sequence[SimHoster]:
    """Return some hosters, in their order, with those that take the others' customers in.

    Neighbouring seeds share all of them out, so that a few seeds have every kind between them.
    Hosters at which a surge is to be found are there with every seed, and those that names move
    or lead to wherever whose names do is there: a name that leads nowhere is another story.
    """
    reported = [hoster.id for hoster in plan.hosters if hoster.weight]
    turns = -(-len(reported) // many)
    number, turn = divmod(plan.seed, turns)
    random.Random(f"{number}/hosters").shuffle(reported)
    chosen = set((reported + reported)[turn * many : turn * many + many])
    chosen |= {surge.hoster for surge in plan.surges}
    chosen |= {to for one in plan.hosters if one.id in chosen for to in (one.second, one.through)}
    return tuple(hoster for hoster in plan.hosters if hoster.id in chosen or not hoster.weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedRun:
    """What a run came to.

    Attributes:
        reports: accepted.
        run_report: what the oracle says.
        differences: what is not as it is without faults: outcomes, ledger entries, states of URLs,
            figures of hosters. Also positions of the ledger that went back; and what hotlines were
            told otherwise, not at all or twice.
        faults: what went wrong, how often.
        probes: that were made.
        behaviours: of the hosters that somebody reported something at.
        world: what is true.
        evidence: what stands in Kafka.
        ledger: everything that was written of each URL, with the instants it was appended at.
    """

    reports: int
    run_report: RunReport
    differences: int
    faults: Mapping[Fault, int]
    probes: int
    behaviours: frozenset[Behaviour]
    world: World = field(repr=False, compare=False)
    evidence: Evidence = field(repr=False, compare=False)
    ledger: LedgerByUrl = field(repr=False, compare=False)

    @property
    def crashes(self) -> int:
        """Owners that died."""
        return self.faults.get(Fault.CRASH, 0)

    @property
    def lost(self) -> int:
        """Accepted reports and URLs that are nowhere, and records with another outcome."""
        found = self.run_report.findings
        return sum(
            found.get(f, 0)
            for f in (OracleFinding.UNACCOUNTED, OracleFinding.LOST, OracleFinding.INTAKE)
        )

    @property
    def doubled(self) -> int:
        """URLs with another case than the one they should have, or that nobody reported."""
        found = self.run_report.findings
        return sum(found.get(f, 0) for f in (OracleFinding.MISPLACED, OracleFinding.DOUBLED))

    @property
    def wrong_intervals(self) -> int:
        """Intervals (L, R] without the true removal in them."""
        return self.run_report.findings.get(OracleFinding.WRONG_INTERVAL, 0)

    @property
    def ok(self) -> bool:
        """All properties hold."""
        return self.run_report.ok and not self.differences


OnProgress: TypeAlias = Callable[[float], None]
"""Is called with the share of a run that is done."""


def ignore_progress(_: float) -> None:
    """Do nothing with the share."""


def play(
    scenario: Scenario,
    seed: int,
    days: float,
    size: Size = WHOLE,
    on_progress: OnProgress = ignore_progress,
) -> PlayedRun:
    """Run a world and judge it.

    Args:
        scenario: who takes part, and what goes wrong.
        seed: of the world and of the faults.
        days: how long the hotlines report.
        size: how much of the scenario.
        on_progress: is called with the share of the run that is done.
    """
    with collecting_seldom(YOUNG_MAX):
        return _played(scenario, World(size.of(scenario.plan(seed, PORT))), days, on_progress)


def _played(scenario: Scenario, world: World, days: float, on_progress: OnProgress) -> PlayedRun:
    start_at = world.plan.start_at
    told_until = start_at + int(days * DAY_MS)
    world.extend(told_until + DAY_MS)
    registry = scenario.registry()
    registry_history = RegistryHistory(registry)
    pipeline = Pipeline(
        fault_rates=scenario.fault_rates,
        misreading=scenario.misreading,
        speed=scenario.speed,
        seed=world.plan.seed,
        hotlines=sorted(entry.id for entry in registry if isinstance(entry, HotlineEntry)),
        registry_history=registry_history,
        world=world,
        port=PORT,
        from_at=start_at,
        until=told_until + SETTLE_MS,
    )
    pipeline.run(world.events(start_at - 1, told_until), on_progress)
    return _judged(scenario, pipeline, told_until)


def _judged(scenario: Scenario, pipeline: Pipeline, told_until: Instant) -> PlayedRun:
    world, broker = pipeline.world, pipeline.broker
    records = newest(broker)
    reference = FaultFreeReference(
        broker=broker,
        registry_history=pipeline.registry_history,
        hotlines=pipeline.hotlines,
        ledger=LedgerByUrl(broker),
        records=records,
    )
    evidence = _evidence(pipeline, reference, told_until)
    rng = random.Random(f"{pipeline.seed}/again")
    of = {hoster.id: hoster.behaviour for hoster in world.plan.hosters}
    run_report = _run_report(world, evidence, by_timetable=scenario.timely)
    read_otherwise = reference.read_otherwise(evidence.read_at)
    if read_otherwise:
        found = {**run_report.findings, OracleFinding.READ_OTHERWISE: read_otherwise}
        run_report = replace(run_report, findings=found)
    return PlayedRun(
        reports=sum(len(url.reports) for url in evidence.urls.values()),
        run_report=run_report,
        differences=reference.differences((pipeline.live, pipeline.late), rng)
        + pipeline.positions.back
        + told_otherwise(
            broker,
            pipeline.hotlines,
            {key: reference.ledger.written(key) for key in reference.ledger},
        ),
        faults=dict(sorted(pipeline.counts.items())),
        probes=sum(len(probes) for probes in (evidence.probes or {}).values()),
        behaviours=frozenset(of[item.hoster] for item in world.material(told_until)),
        world=world,
        evidence=evidence,
        ledger=reference.ledger,
    )


def _run_report(world: World, evidence: Evidence, *, by_timetable: bool) -> RunReport:
    """Return what the oracle says; where nothing goes wrong the timetable has to be kept, too."""
    oracle = Oracle(world=world, key_of=key_of)
    run_report = oracle.judge(evidence)
    if not (run_report.ok and by_timetable):
        return run_report
    strict = oracle.judge(replace(evidence, probes=None))
    return run_report if strict.ok else strict


def _evidence(pipeline: Pipeline, reference: FaultFreeReference, told_until: Instant) -> Evidence:
    """Return what stands on the broker; which probes were made is the ledger's word, no state's."""
    records = reference.records
    return Evidence(
        as_of=told_until,
        told_until=told_until,
        read_at=pipeline.until,
        urls={key: URL_CASES.decode(raw) for key, raw in records.items()},
        outcomes=[OUTCOME.decode(one.value) for one in pipeline.broker.read(OUTCOMES.name)],
        probes={
            key: probes_written(fact for fact, _ in said) for key, said in reference.ledger.items()
        },
        placed={key: placed_at(STATE.decode(raw)) for key, raw in records.items()},
        vantages=tuple(vantage.id for vantage in VANTAGES if not vantage.recheck),
        hidden=tuple(vantage.id for vantage in VANTAGES if vantage.recheck),
    )
