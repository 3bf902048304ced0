"""The broker restarts, is killed, or does not answer for a while."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fault_peace import Done, Peace
from fault_workers import kept
from fault_world import INPUTS, SESSION_S, fault_world

from agents.edges.broker import Broker
from agents.edges.processes import end

URLS = 600
PAUSE_S = 2 * SESSION_S
"""How long the broker stands still: past every member's session, short of a writer's patience."""


async def restarted(broker: Broker) -> None:
    """Stop the broker in order and start it again on its data."""
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def killed(broker: Broker) -> None:
    """Kill the broker with writes under way and start it again on its data."""
    await asyncio.to_thread(end, broker.process, 0)
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def started(broker: Broker) -> None:
    """Start it from the loop's own thread, with which it dies, on its former port."""
    broker.launch()
    await asyncio.to_thread(broker.wait_ready)


async def paused(broker: Broker) -> None:
    """Let the broker stand still: its connections stay and nothing answers."""
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(PAUSE_S)  # the fault itself
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", [restarted, killed, paused])
async def test_an_absent_broker_changes_no_figure(
    broker: Broker,
    peace: Peace,
    tmp_path: Path,
    seed: int,
    fault: Callable[[Broker], Awaitable[None]],
) -> None:
    """Workers wait, or stop themselves and are started again; afterwards all is complete."""
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        kept(world, *((role,) for role in INPUTS)) as keepers,
    ):
        await world.feed(URLS)
        await world.begun()
        await fault(broker)
        await world.feed(URLS)
        await peace.agrees(world, Done(f"broker {fault.__name__}", 1))
    assert all(keeper.lives <= 3 for keeper in keepers)
