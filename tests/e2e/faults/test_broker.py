"""The broker restarts, is killed, or does not answer for a while."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import ClientSession
from fault_workers import Worker, kept, running
from fault_world import INPUTS, fault_world
from stopped_process import standing_still
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.edges.child_process.processes import end
from agents.edges.local_broker.broker import LocalBroker

URLS = 120

MORE_LIVES_MAX = 2
"""One gave its start up for want of the broker as that came back; one worked before it went."""

BrokerFault: TypeAlias = Callable[[LocalBroker, float], Awaitable[None]]


async def restarted(broker: LocalBroker, _: float) -> None:
    """Stop the broker in order and start it again on its data."""
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def killed(broker: LocalBroker, _: float) -> None:
    """Kill the broker with writes under way and start it again on its data."""
    await asyncio.to_thread(end, broker.process, 0)
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def started(broker: LocalBroker) -> None:
    """Start it from the loop's own thread, with which it dies, on its former port."""
    broker.launch()
    await asyncio.to_thread(broker.wait_ready)


async def paused(broker: LocalBroker, pause_s: float) -> None:
    """Let the broker stand still: its connections stay and nothing answers."""
    with standing_still(broker.process.pid):
        await asyncio.sleep(pause_s)  # the fault itself


@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", [pytest.param(restarted, marks=pytest.mark.soak), killed, paused])
async def test_an_absent_broker_changes_no_figure(
    *,
    broker: LocalBroker,
    peace: UndisturbedRun,
    tmp_path: Path,
    seed: int,
    pause_s: float,
    fault: BrokerFault,
) -> None:
    """Workers wait, or stop themselves and are started again; afterwards all is complete.

    How often they stop before the broker answers again is a matter of how long it takes; behind
    that they do not stop again and again.
    """
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        kept(world, *((role,) for role in INPUTS)) as keepers,
    ):
        await world.feed(URLS)
        await world.begun()
        await world.feed(URLS)  # workers are at these
        await fault(broker, pause_s)
        before = [keeper.lives for keeper in keepers]
        await world.feed(URLS)
        await peace.agrees(world, InjectedFault(f"broker {fault.__name__}", 1))
    for keeper, lives in zip(keepers, before, strict=True):
        assert keeper.lives <= lives + MORE_LIVES_MAX, keeper.tales


async def page_of(worker: Worker) -> str:
    """Return where a worker serves its figures."""
    await worker.is_ready()
    (page,) = (line for line in worker.said if " at http://" in line)
    return "http://" + page.partition(" at http://")[2].split("/")[0]


async def becomes(session: ClientSession, page: str, status: int, within_s: float) -> bool:
    """Wait until a worker's readiness has a status; return that it has.

    Raises:
        TimeoutError: it has not in time.
    """
    async with asyncio.timeout(within_s):
        while True:
            async with session.get(f"{page}/readyz") as answer:
                if answer.status == status:
                    return True
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("roles", [("intake", "lifecycle"), ("rollup",)])
async def test_a_worker_without_its_broker_is_not_ready(
    broker: LocalBroker, tmp_path: Path, roles: tuple[str, ...]
) -> None:
    """Within 10 s, also one without a group; when the broker answers again it is ready again."""
    async with (
        fault_world(broker.bootstrap, tmp_path, 1) as world,
        running(world, roles) as worker,
        ClientSession() as session,
    ):
        if roles == ("rollup",):  # it is ready once it has a table to show
            await world.feed(1)
        page = await page_of(worker)
        assert await becomes(session, page, 200, 60.0)
        with standing_still(broker.process.pid):
            assert await becomes(session, page, 503, 10.0)
        assert await becomes(session, page, 200, 60.0)


async def test_a_worker_that_starts_without_its_broker_can_be_stopped(
    broker: LocalBroker, tmp_path: Path
) -> None:
    """It gives the start up within its service manager's minute."""
    async with fault_world(broker.bootstrap, tmp_path, 1) as world:
        with standing_still(broker.process.pid):
            async with running(world, ("intake",)) as worker:
                await asyncio.sleep(3)  # the fault itself: it waits for the broker by now
                worker.terminate()
                async with asyncio.timeout(60):
                    code = await worker.ended()
                assert code != -signal.SIGKILL
