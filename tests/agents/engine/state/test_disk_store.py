"""A store on disk holds what its topic holds at its position, or nothing."""

import random
import shutil
import signal
import subprocess
import sys

import pytest
import store_process
from store_process import SMALL, held_at

from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import StoreDamaged

CHILD = store_process.__file__


def opened(folder):
    """Open the store a child wrote, and return what it holds and its position."""
    stores = DiskStores(folder, SMALL, 1)
    try:
        store = stores.open(0)
        held = dict(store.items()), store.position
        store.close()
    finally:
        stores.close()
    return held


def child(folder, *more):
    return subprocess.Popen(
        [sys.executable, CHILD, str(folder), *more], stdout=subprocess.PIPE, text=True
    )


def test_after_kill_9_it_holds_what_stood_at_its_position(tmp_path):
    """Killed between and inside writes, several times over: never half a batch, never a mix."""
    chance = random.Random(7)
    reached = 0
    for _ in range(4):
        with child(tmp_path) as writer:
            for _ in range(chance.randrange(100, 400)):
                assert writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        held, position = opened(tmp_path)
        assert held == held_at(position)
        assert position >= reached
        reached = position
    assert reached


def test_a_full_disk_stops_it_and_harms_nothing(tmp_path):
    """Where a file cannot grow the store says so and erases nothing of what is on the disk."""
    with child(tmp_path, str(200 * 1024)) as writer:
        assert writer.stdout.read().endswith("failed\n")
    held, position = opened(tmp_path)
    assert held == held_at(position)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of several files and its position, written and closed."""
    folder = tmp_path_factory.mktemp("written")
    stores = DiskStores(folder, SMALL, 8)
    store = stores.open(0)
    for number in range(30):
        store.write(store_process.batch(number), number + 1)
        if number % 10 == 9:
            store.close()
            store = stores.open(0)
    store.close()
    stores.close()
    assert opened(folder) == (held_at(30), 30)
    return folder


def damage(path, how, chance):
    old = path.read_bytes()
    at = chance.randrange(len(old)) if old else 0
    match how:
        case "flip":
            new = old[:at] + bytes(b ^ 1 << chance.randrange(8) for b in old[at : at + 1])
            path.write_bytes(new + old[at + 1 :])
        case "cut":
            path.write_bytes(old[:at])
        case "zero":
            path.write_bytes(old[:at] + bytes(len(old[at : at + 64])) + old[at + 64 :])
        case "lose":
            path.unlink()


@pytest.mark.parametrize("how", ["flip", "cut", "zero", "lose"])
def test_damage_is_a_rebuild_and_never_a_wrong_value(written, tmp_path, how):
    """Whichever file is damaged wherever: what is held is right for the position, or nothing is."""
    chance = random.Random(how)
    files = sorted(p.name for p in (written / "0").iterdir() if p.name != "LOCK")
    rebuilt = 0
    for round in range(3 * len(files)):
        folder = tmp_path / str(round)
        shutil.copytree(written, folder)
        damage(folder / "0" / files[round % len(files)], how, chance)
        held, position = opened(folder)
        assert held == held_at(position)
        rebuilt += position == 0
        shutil.rmtree(folder)
    assert rebuilt


def test_damage_met_later_erases_and_says_so(written, tmp_path, capfd):
    """A block that goes bad while the store is open stops the process; the next begins anew."""
    folder = tmp_path / "copy"
    shutil.copytree(written, folder)
    stores = DiskStores(folder, SMALL, 1)
    store = stores.open(0)
    stores._cache.set_capacity(0)
    for path in (folder / "0").glob("*.sst"):
        with path.open("r+b") as file:  # in place: the store has the file open
            file.write(bytes(path.stat().st_size))
    with pytest.raises(StoreDamaged):
        _ = [store.get(b"%d" % k) for k in range(store_process.KEYS)]
    assert capfd.readouterr().err.count("\n") == 1
    stores.close()
    assert opened(folder) == ({}, 0)
