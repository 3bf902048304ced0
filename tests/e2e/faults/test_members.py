"""Two workers, one of which joins and leaves again and again."""

from pathlib import Path
from random import Random

import pytest
from fault_workers import running
from fault_world import ROLES, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.local_broker.broker import LocalBroker

VISITS = (4, 8)
"""Of `make test` and of `make soak`; with the first seed, both ways to leave are among four."""

URLS_A_VISIT = 30


@pytest.mark.timeout(600)
@pytest.mark.parametrize("visits", [VISITS[0], pytest.param(VISITS[1], marks=pytest.mark.soak)])
async def test_members_that_come_and_go_change_no_figure(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int, visits: int
) -> None:
    """Partitions move at every visit, in order or by kill -9, while records come in.

    The worker that stays is never ended by a rebalance, and what moved is neither lost nor done
    twice in any figure.
    """
    chance = Random(seed)
    roles = ROLES
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        running(world, roles) as steady,
    ):
        await steady.is_ready()
        for _ in range(visits):
            async with running(world, roles) as visitor:
                await world.feed(URLS_A_VISIT)
                await visitor.is_ready()
                await world.feed(URLS_A_VISIT)
                if chance.random() < 0.5:
                    visitor.kill()
                else:
                    visitor.terminate()
                    assert await visitor.ends_itself() == 0, visitor.tale()
                steady.check()
        await peace.agrees(world, InjectedFault("a second worker joins and leaves", visits), steady)
