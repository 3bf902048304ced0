"""The state directory is lost, damaged or of another day; the table in Kafka is lost."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from fault_topics import delete
from fault_workers import running
from fault_world import INPUTS, fault_world
from undisturbed_run import InjectedFault, UndisturbedRun

from agents.config import StateSettings
from agents.edges.local_broker.broker import LocalBroker
from schemas.topics import CASES

URLS = 40


def files(folder: Path) -> Iterator[Path]:
    """Yield all that lies in a folder and is not empty, in order of name."""
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size)


def lost(folder: Path, _: Path, __: Random) -> None:
    """Remove it all."""
    shutil.rmtree(folder)


def cut(folder: Path, _: Path, chance: Random) -> None:
    """Cut every file somewhere."""
    for path in files(folder):
        path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def flipped(folder: Path, _: Path, chance: Random) -> None:
    """Flip a bit in every file."""
    for path in files(folder):
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)


def stale(folder: Path, copy: Path, _: Random) -> None:
    """Put the first day's copy in its place."""
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)


@pytest.mark.timeout(600)
async def test_a_state_directory_is_only_a_cache(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """Whatever happens to the files, the next start rebuilds what Kafka holds.

    Each time lifecycle is stopped, its files are spoilt in another way, and it goes on.
    """
    chance, copy = Random(seed), tmp_path / "copy"
    spoils: list[Callable[[Path, Path, Random], None]] = [lost, cut, flipped, stale]
    store = StateSettings(store="rocksdb")
    async with fault_world(broker.bootstrap, tmp_path, seed, state=store) as world:
        folder = world.settings.state_dir / "state"
        async with running(world, ("intake", "attribution")) as upstream:
            for number, spoil in enumerate(spoils):
                async with running(world, ("lifecycle",), instance="table") as lifecycle:
                    await world.feed(URLS)
                    await world.drained(lifecycle.check)
                    if number % 2:
                        lifecycle.kill()
                    else:
                        lifecycle.terminate()
                    await lifecycle.ended()
                if number == 0:
                    shutil.copytree(folder, copy)
                spoil(folder, copy, chance)
            async with running(world, ("lifecycle",), instance="table") as lifecycle:
                await world.feed(URLS)
                done = InjectedFault("state directory lost, cut, flipped, stale", len(spoils))
                await peace.agrees(world, done, lifecycle, upstream)


@pytest.mark.timeout(600)
async def test_the_table_comes_back_from_the_ledger(
    broker: LocalBroker, peace: UndisturbedRun, tmp_path: Path, seed: int
) -> None:
    """Deleted, `cases.v1` is the fold of the ledger again, whatever the group has committed."""
    async with fault_world(broker.bootstrap, tmp_path, seed) as world:
        async with running(world, tuple(INPUTS)) as worker:
            await world.feed(URLS)
            await world.drained(worker.check)
        await delete(world, CASES)
        async with running(world, tuple(INPUTS)) as worker:
            await world.feed(URLS)
            await peace.agrees(world, InjectedFault("cases.v1 deleted", 1), worker)
