"""A report of a world that was played through all stages, made as `hostwatch report` makes it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agents.process.gc_tuning import collecting_seldom
from agents.tools.report.context import ReportContext
from agents.tools.report.publication import PeriodReport
from agents.tools.report.reading.position import Positions
from schemas.codec import POSITION
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY, UrlState
from schemas.records.registry import HotlineEntry
from schemas.topics import CASES, DECISIONS, FACTS, OF_A_URL, REPORTS
from sim.memory.broker.broker import Broker
from sim.memory.pipeline import Pipeline
from sim.memory.reports.field import WorldRequest
from sim.memory.run import PORT, SETTLE_MS, YOUNG_MAX, OnProgress, ignore_progress
from sim.memory.stages.secrets import SECRETS
from sim.world.world import World
from streams import lifecycle
from streams.lifecycle.events.event_union import Happened
from streams.registry.snapshot import RegistryHistory
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged
from streams.report.known_by import is_known_by
from streams.report.published_case import PublishedCase
from streams.report.published_state import published_of


@dataclass(frozen=True, slots=True)
class PlayedReport:
    """A world, and the report of it.

    Attributes:
        world: what is true.
        report: hosters have their names, whether they are judged or not.
    """

    world: World
    report: PeriodReport


def play(
    request: WorldRequest, seed: int, on_progress: OnProgress = ignore_progress
) -> PlayedReport:
    """Play a world until its cases were watched to their end, and report it.

    Args:
        request: what is played.
        seed: of the world and of what goes wrong.
        on_progress: is called with the share that is done.
    """
    scenario, cohort = request.scenario, request.cohort
    plan = replace(scenario.plan(seed, PORT), incidents=request.incidents)
    world = World(plan)
    registry = scenario.registry()
    with collecting_seldom(YOUNG_MAX):
        pipeline = Pipeline(
            fault_rates=scenario.fault_rates,
            misreading=scenario.misreading,
            speed=scenario.speed,
            seed=seed,
            hotlines=sorted(entry.id for entry in registry if isinstance(entry, HotlineEntry)),
            registry_history=RegistryHistory(registry),
            world=world,
            port=PORT,
            from_at=plan.start_at,
            until=cohort.as_of + SETTLE_MS,
        )
        pipeline.run(world.events(plan.start_at - 1, cohort.as_of), on_progress)
        return PlayedReport(world, reported(pipeline.broker, cohort, request.threshold))


def reported(broker: Broker, cohort: Cohort, threshold: float) -> PeriodReport:
    """Return the report of what stands on a broker.

    Args:
        broker: with the table of cases.
        cohort: the period and its norm.
        threshold: share within the norm, 0 to 1.
    """
    found: list[PublishedCase] = []
    aside = Counter[str]()
    for state in _states(broker, cohort.as_of):
        for one in published_of(state, cohort, SECRETS.hash):
            if isinstance(one, str):
                aside[one] += 1
            else:
                found.append(one)
    found.sort(key=lambda one: one.case)
    hosters = judged(found, cohort.norm_s, threshold)
    context = ReportContext(left_out=dict(sorted(aside.items())))
    return PeriodReport(cohort, threshold, positions(broker), found, hosters, context)


def _states(broker: Broker, as_of: Instant) -> Iterator[UrlState]:
    """Yield each URL's state by what was known at an instant."""
    happened: dict[bytes, list[Happened]] = defaultdict(list)
    for topic in (REPORTS.name, FACTS.name, DECISIONS.name):
        for record in broker.read(topic):
            if is_known_by(topic, record.appended_at, as_of):
                happened[record.key].append(
                    (OF_A_URL[topic].decode(record.value), record.appended_at)
                )
    for key, of_url in happened.items():
        yield lifecycle.advance(key.decode(), None, of_url)


def positions(broker: Broker) -> Positions:
    """Return up to where each partition of the table holds the ledger."""
    found: Positions = {}
    for record in broker.read(CASES.name):
        if record.key.startswith(POSITION_KEY) and record.value:
            offsets = POSITION.decode(record.value).offsets
            found[str(record.partition)] = dict(sorted(offsets.items()))
    return dict(sorted(found.items()))
