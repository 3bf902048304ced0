"""The demo's worker dies and comes back; one that ends by itself is noticed all the same."""

import asyncio
import sys

import pytest

from agents.clock import Clock
from agents.errors import UserError
from sim.demo.worker import DemoWorker

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
ENDS = (sys.executable, "-c", "raise SystemExit(7)")


async def test_a_killed_worker_is_started_again_and_its_absence_noted(tmp_path):
    """Each kill is an outage, the watcher is not alarmed, and a new process runs after it."""
    worker = await DemoWorker.start(SLEEPS, tmp_path / "worker.log", Clock(speed=3_600.0))
    watcher = asyncio.create_task(worker.ended())
    stop, pids = asyncio.Event(), [worker.child.process.pid]

    async def back(killed_at):
        assert killed_at <= worker.clock.now()
        pids.append(worker.child.process.pid)
        if len(pids) == 3:
            stop.set()

    try:
        await worker.die(0.01, stop, back)
        assert len(set(pids)) == 3
        assert worker.outages.count == 2
        assert worker.outages.total_ms > 0
        assert worker.child.process.returncode is None
        assert not watcher.done()
    finally:
        watcher.cancel()
        await worker.stop()


async def test_a_worker_is_killed_when_somebody_asks_for_it(tmp_path):
    """Without a rhythm it is left alone until asked for; a stop ends the waiting."""
    worker = await DemoWorker.start(SLEEPS, tmp_path / "worker.log", Clock(speed=3_600.0))
    stop, first = asyncio.Event(), worker.child.process.pid

    async def back(_killed_at):
        assert worker.away
        stop.set()

    try:
        worker.kill()
        await worker.die(None, stop, back)
        assert worker.outages.count == 1
        assert not worker.away
        assert worker.child.process.pid != first
        await worker.die(None, stop, back)
        assert worker.outages.count == 1
    finally:
        await worker.stop()


async def test_a_worker_that_ends_by_itself_is_a_fault(tmp_path):
    """An end that nobody asked for ends the demo, with its code and its log."""
    worker = await DemoWorker.start(ENDS, tmp_path / "worker.log", Clock())
    with pytest.raises(UserError, match="ended by itself with code 7"):
        await worker.ended()
