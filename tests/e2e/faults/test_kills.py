"""kill -9 at every place between fetch and commit, of every stage, while records come in."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from fault_rounds import PATHS, Supervisor, faults_of
from fault_world import ROLES, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun, told

from agents.edges.local_broker.broker import LocalBroker
from agents.engine.fault_points import FaultPoint

EXTRA = 2
"""Kills of each stage beyond one at each point; with them a run has 52."""

SHARED = {
    "intake": (
        FaultPoint.ASSIGNING,
        FaultPoint.FETCHED,
        FaultPoint.JUDGED,
        FaultPoint.SETTLED,
        FaultPoint.REVOKED,
    ),
    "attribution": (
        FaultPoint.ASSIGNED,
        FaultPoint.HANDED,
        FaultPoint.LOCATED,
        FaultPoint.WRITTEN,
        FaultPoint.OFFSET_COMMITTED,
    ),
    "lifecycle": (
        FaultPoint.FOLDED,
        FaultPoint.BEGUN,
        FaultPoint.SENT,
        FaultPoint.COMMITTED,
        FaultPoint.ORDERS_SENT,
        FaultPoint.POSITION_WRITTEN,
    ),
    "feedback": (FaultPoint.FOLDED, FaultPoint.SENT, FaultPoint.COMMITTED),
}
"""Every point once, at one of the stages that pass it. `make soak` has every point of each."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("at", ["each point", pytest.param("all", marks=pytest.mark.soak)])
async def test_kills_at_every_point_change_no_figure(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int, at: str
) -> None:
    """A stage dies at each point, each stage at all of its own; nothing is lost or different.

    The four stages run in processes of their own, each killed and restarted at places of chance
    while records come in. Every record has one outcome, and every accepted one is in the ledger.
    Every state is the fold of the ledger byte for byte and never went back. All states are those
    of a run without any kill. Each hotline was told of each record what the second reading says,
    and nothing twice.
    """
    chance, points, extra = Random(seed), SHARED, 0
    if at == "all":
        points, extra = PATHS, EXTRA
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        stages = [
            Supervisor(world, (role,), faults_of(points[role], chance, extra)) for role in ROLES
        ]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for stage in stages:
                group.create_task(stage.work(done))
            for stage in stages:
                await stage.through()
            await world.copy()
            await world.drained(lambda: [stage.check() for stage in stages])
            await told(world)
            done.set()
        kills = sum(stage.kills.total() for stage in stages)
        verified = await peace.agrees(world, InjectedFault(f"kill -9 of stages: {at}", kills))
        found = verified.told
        assert found.compared > world.urls
        assert (found.untold, found.retold, found.behind, found.closed) == (0, 0, 0, [])
    for stage in stages:
        assert set(stage.kills) == set(points[stage.name])


def test_every_point_is_on_a_path() -> None:
    """A point that no stage is killed at proves nothing; what probers do is the demo's affair."""
    others = {
        FaultPoint.PROBED,
        FaultPoint.SUCCESSOR_KEPT,
        FaultPoint.REWRAPPED,
        FaultPoint.MASTER_REPLACED,
    }
    for paths in (PATHS, SHARED):
        assert {point for path in paths.values() for point in path} == set(FaultPoint) - others
    assert all(set(SHARED[role]) <= set(PATHS[role]) for role in PATHS)
