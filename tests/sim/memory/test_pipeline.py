"""The pipeline in memory: what is sent is worked off, and when it ends all is read and written.

Whole runs are in tests/sim/memory/test_run.py and tests/sim/memory/test_seeds.py.
"""

from collections import Counter

import pytest

from schemas.closed_lists import Result
from schemas.codec import OUTCOME
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.topics import CASES, OUTCOMES, PROBES, REPORTS
from sim.memory.broker.faults import Fault, FaultRates
from sim.memory.pipeline import DRAIN_MS, VANTAGES, Pipeline
from sim.world.hosters import ALL, HOTLINES, registry
from sim.world.world import WORLD_START, Plan, Tempo, World
from streams.registry.snapshot import RegistryHistory

PLAN = Plan(
    seed=3,
    port=18_080,
    hosters=tuple(hoster for hoster in ALL if hoster.id == "amber"),
    tempo=Tempo(opens=True),
    rate=1,
)


def played(until_ms, rates=None):
    """Return a pipeline that has run, what the hotlines sent it, and what it told of its course."""
    world = World(PLAN)
    events = world.events(WORLD_START - 1, WORLD_START + until_ms)
    pipeline = Pipeline(
        fault_rates=rates or FaultRates(),
        seed=1,
        hotlines=HOTLINES,
        registry_history=RegistryHistory(registry(PLAN.hosters)),
        world=world,
        from_at=WORLD_START,
        until=WORLD_START + until_ms,
        port=PLAN.port,
    )
    told = []
    pipeline.run(events, told.append)
    return pipeline, events, told


@pytest.fixture(scope="module")
def hour():
    return played(HOUR_MS + MINUTE_MS)


def test_each_record_has_the_outcome_that_it_must_have(hour):
    """And the ledger has an entry for each report that was accepted."""
    pipeline, events, _ = hour
    said = [OUTCOME.decode(one.value) for one in pipeline.broker.read(OUTCOMES.name)]
    assert events
    assert Counter((o.hotline, o.type, o.result, o.reason) for o in said) == Counter(
        (event.hotline, event.type, event.result, event.reason) for event in events
    )
    assert len(pipeline.broker.read(REPORTS.name)) == sum(
        event.result is Result.ACCEPTED for event in events
    )


def test_nothing_is_ordered_after_the_end_and_what_was_under_way_is_worked_off(hour):
    """What was written before is read by all groups, and no older table is the newest."""
    pipeline, _, _ = hour
    end_at = pipeline.until
    orders = [one for v in VANTAGES for one in pipeline.broker.read(PROBES.named(v.id))]
    assert orders
    assert max(one.appended_at for one in orders) <= end_at
    assert pipeline.schedule.now >= end_at + DRAIN_MS
    assert pipeline.positions.back == 0
    assert pipeline.broker.read(CASES.name)


def test_both_rollups_have_read_all(hour):
    """The one that followed and the one that read at the end have the same cases."""
    pipeline, _, _ = hour
    live, late = pipeline.live.view, pipeline.late.view
    assert live.as_of == late.as_of >= pipeline.until
    assert list(live.figures) == list(late.figures)
    assert live.intake == late.intake
    assert sum(one.reported for one in live.figures) > 0


def test_nothing_goes_wrong_that_is_not_asked_for(hour):
    """And with faults each is counted."""
    pipeline, _, _ = hour
    assert sum(pipeline.counts.values()) == 0
    rough, *_ = played(HOUR_MS, FaultRates(twice=1.0, late=1.0))
    assert rough.counts[Fault.TWICE] > 0
    assert rough.counts[Fault.LATE] > 0


def test_how_far_it_is_is_told_every_hour(hour):
    """As a share of its time, from nothing on."""
    assert hour[2] == pytest.approx([0.0, 60 / 61])
