"""Each process of the simulator has what is its own, and all of them the same keys and registry."""

import random
from collections import Counter

import pytest

from agents.config import ProbeSettings, Settings
from agents.engine.stage import Stage
from schemas.closed_lists import ProbeError
from schemas.codec import FACT
from schemas.moments import HOUR_MS
from schemas.records.facts import Observation
from schemas.topics import FACTS
from sim.memory.broker.broker import Broker
from sim.memory.broker.clock import clock_from
from sim.memory.broker.faults import FaultRates, Faults
from sim.memory.broker.loop import virtual_loop
from sim.memory.broker.virtual_time import WorldSchedule
from sim.memory.pipeline import VANTAGES, Pipeline
from sim.memory.stages.exchange import MisreadingVantage
from sim.memory.stages.makers import MONITOR, Makers
from sim.world.hosters import ALL, HOTLINES, registry
from sim.world.world import WORLD_START, Plan, Tempo, World
from streams.registry.snapshot import RegistryHistory

DEAF = MisreadingVantage(from_at=0, shown=lambda _, __: None)
"""Takes every answer for a server that hangs up."""


@pytest.fixture
def makers(tmp_path):
    loop = virtual_loop()
    schedule = WorldSchedule(loop, clock_from(WORLD_START))
    world = World(Plan(seed=3, port=18_080))
    yield Makers(
        settings=Settings(vantages=VANTAGES, probe=ProbeSettings(deadline_s=1.0)),
        broker=Broker(lambda: schedule.now),
        schedule=schedule,
        registry_history=RegistryHistory(registry(world.plan.hosters)),
        world=world,
        misreading={},
        folder=tmp_path,
    )
    loop.close()


@pytest.fixture
def faults():
    return Faults(FaultRates(), random.Random(1), Counter())


def test_each_intake_has_a_folder_of_its_own(makers, faults):
    """What one process keeps on its disk another one must not find there."""
    stages = [makers.intake(faults, hotlines=HOTLINES) for _ in range(3)]
    folders = {stage._settings.state_dir for stage in stages}
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {makers.folder}


def test_each_role_is_the_worker_s_own(makers, faults):
    """By its name in the consumer groups, which is the one of the roles of `hostwatch worker`."""
    made: list[Stage] = [
        makers.intake(faults, hotlines=HOTLINES),
        makers.attribution(faults),
        makers.lifecycle(faults),
        makers.feedback(faults),
        *(makers.probe(faults, vantage=vantage) for vantage in VANTAGES),
    ]
    assert [stage.role for stage in made] == [
        "intake",
        "attribution",
        "lifecycle",
        "feedback",
        *(f"probe-{vantage.id}" for vantage in VANTAGES),
    ]


def test_the_one_vantage_that_is_to_misread_does_and_no_other():
    """All see the same world, each through its own prober."""
    plan = Plan(
        seed=3, port=18_080, hosters=tuple(h for h in ALL if h.id == "amber"), tempo=Tempo(), rate=1
    )
    world = World(plan)
    pipeline = Pipeline(
        fault_rates=FaultRates(),
        seed=1,
        hotlines=HOTLINES,
        registry_history=RegistryHistory(registry(plan.hosters)),
        world=world,
        from_at=WORLD_START,
        until=WORLD_START + HOUR_MS,
        port=plan.port,
        misreading={"quiet": DEAF},
    )
    pipeline.run(world.events(WORLD_START - 1, WORLD_START + HOUR_MS), lambda _: None)
    facts = [FACT.decode(one.value) for one in pipeline.broker.read(FACTS.name)]
    seen = {(one.vantage, one.facts.error) for one in facts if isinstance(one, Observation)}
    assert seen == {("announced", None), ("quiet", ProbeError.RESET)}


def test_hosters_know_all_vantages_but_the_hidden_one():
    """Or nothing would be seen that is hidden from the monitor."""
    known = MONITOR.announced | MONITOR.unannounced
    assert {v.source_address for v in VANTAGES if not v.recheck} == known
    assert {v.source_address for v in VANTAGES if v.announced} == MONITOR.announced
