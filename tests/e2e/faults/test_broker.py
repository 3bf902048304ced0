"""The broker restarts, is killed, or does not answer for a while."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from fault_peace import Done, Peace
from fault_workers import kept
from fault_world import INPUTS, fault_world

from agents.edges.broker import Broker
from agents.edges.processes import end

URLS = 600

Fault: TypeAlias = Callable[[Broker, float], Awaitable[None]]


async def restarted(broker: Broker, _: float) -> None:
    """Stop the broker in order and start it again on its data."""
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def killed(broker: Broker, _: float) -> None:
    """Kill the broker with writes under way and start it again on its data."""
    await asyncio.to_thread(end, broker.process, 0)
    await asyncio.to_thread(broker.stop)
    await started(broker)


async def started(broker: Broker) -> None:
    """Start it from the loop's own thread, with which it dies, on its former port."""
    broker.launch()
    await asyncio.to_thread(broker.wait_ready)


async def paused(broker: Broker, pause_s: float) -> None:
    """Let the broker stand still: its connections stay and nothing answers."""
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(pause_s)  # the fault itself
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", [restarted, killed, paused])
async def test_an_absent_broker_changes_no_figure(
    *,
    broker: Broker,
    peace: Peace,
    tmp_path: Path,
    seed: int,
    pause_s: float,
    fault: Fault,
) -> None:
    """Workers wait, or stop themselves and are started again; afterwards all is complete."""
    async with (
        fault_world(broker.bootstrap, tmp_path, seed) as world,
        kept(world, *((role,) for role in INPUTS)) as keepers,
    ):
        await world.feed(URLS)
        await world.begun()
        await fault(broker, pause_s)
        await world.feed(URLS)
        await peace.agrees(world, Done(f"broker {fault.__name__}", 1))
    assert all(keeper.lives <= 3 for keeper in keepers)
