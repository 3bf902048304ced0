"""The disk is full: the broker's, or the one the state directory is on."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fault_workers import kept, running
from fault_world import INPUTS, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun
from waiting import until

from agents.config import StateSettings
from agents.edges.child_process.processes import alive
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.failures import EXIT_CRASHED

URLS = 160
BROKER_BYTES = 96 * 1024 * 1024
STATE_BYTES = 64 * 1024
"""Not enough for the stores of all partitions, empty as they are."""

LEFT_BYTES = 128 * 1024
"""Less than what follows from the input takes."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted by root only")


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk of some bytes for the duration of the block."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def grow(folder: Path, size: int) -> None:
    """Make a mounted disk larger."""
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk but for a little; return the file that does."""
    room = os.statvfs(folder)
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - LEFT_BYTES)
    return ballast


@pytest.mark.timeout(600)
async def test_a_full_disk_of_the_broker_loses_nothing(
    peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """The broker ends when its disk is full; with room again it and the workers complete all."""
    with small_disk(tmp_path / "disk", BROKER_BYTES) as disk:
        broker = LocalBroker(disk / "kafka")
        broker.start()
        try:
            async with fault_world(broker.bootstrap, tmp_path / "run", seed) as world:
                await world.feed(URLS)
                ballast = fill(disk)
                async with kept(world, tuple(INPUTS)):
                    gone = await asyncio.to_thread(until, lambda: not alive(broker.process))
                    assert gone
                    await asyncio.to_thread(broker.stop)
                    ballast.unlink()
                    broker.launch()
                    await asyncio.to_thread(broker.wait_ready)
                    await world.feed(URLS)
                    await peace.agrees(world, InjectedFault("disk of the broker full", 1))
        finally:
            broker.stop()


@pytest.mark.timeout(600)
async def test_a_full_state_directory_stops_lifecycle(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """Where its store cannot be written lifecycle ends; with room again nothing is missing."""
    store = StateSettings(store="rocksdb")
    stores = tmp_path / "run" / "state" / "state"  # ids of intake stand beside it
    with small_disk(stores, STATE_BYTES) as disk:
        async with (
            fault_world(broker.bootstrap, tmp_path / "run", seed, state=store) as world,
            running(world, ("intake", "attribution")) as upstream,
        ):
            await world.feed(URLS)
            async with running(world, ("lifecycle",), instance="table") as lifecycle:
                assert await lifecycle.ends_itself() == EXIT_CRASHED, lifecycle.tale()
                assert any("StoreFailed" in line for line in lifecycle.said), lifecycle.tale()
            grow(disk, BROKER_BYTES)
            async with running(world, ("lifecycle",), instance="table") as lifecycle:
                await peace.agrees(
                    world, InjectedFault("disk of the state full", 1), lifecycle, upstream
                )
