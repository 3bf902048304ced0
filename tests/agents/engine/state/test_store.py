"""Both kinds of store keep the same laws, and a store on disk outlives whatever happens to it."""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import store_process
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from store_process import SMALL, held_at

from agents.config import Settings, StateSettings
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import MemoryStore, MemoryStores, StoreDamaged, own_key
from agents.engine.state.stores import stores_for
from agents.errors import UserError

CHILD = store_process.__file__
DIGEST = b"00ab" * 8
NEAR_DIGEST = [DIGEST.upper(), DIGEST[:-1], b"g" + DIGEST[1:], b"1" * 32, bytes.fromhex("00ab" * 8)]
"""What is no digest in lower-case hexadecimal, or what one writes."""

PLAIN = [b"", b"\x00log", b"\x00position", b"\x01", b"a", b"ab", b"position/3", b"position/1234567"]
KEYS = st.sampled_from([*PLAIN, DIGEST, *NEAR_DIGEST])
PAIRS = st.lists(st.tuples(KEYS, st.none() | st.binary(max_size=20)), max_size=8)
POSITIONS = st.none() | st.integers(0, 2**63 - 1)


class AgainstADict(RuleBasedStateMachine):
    """What a store answers is what a dict would."""

    @initialize(on_disk=st.booleans())
    def begin(self, on_disk):
        """Open one of both kinds."""
        self.folder = Path(tempfile.mkdtemp())
        self.on_disk = on_disk
        self.stores = DiskStores(self.folder, SMALL, 1) if on_disk else MemoryStores()
        self.store = self.stores.open(0)
        self.forget()

    def forget(self):
        """Expect it empty."""
        self.held, self.position, self.log = {}, 0, None

    @rule(pairs=PAIRS, position=POSITIONS)
    def write(self, pairs, position):
        """The last of a key stands, None takes it away."""
        self.store.write(pairs, position)
        for key, value in pairs:
            self.held[key] = value
        self.held = {key: value for key, value in self.held.items() if value is not None}
        self.position = self.position if position is None else position

    @rule(log=st.sampled_from(["one", "two"]))
    def claim(self, log):
        """Another log's store is dropped."""
        own = self.log in {None, log}
        assert self.store.claim(log) is own
        if not own:
            self.forget()
        self.log = log

    @rule()
    def drop(self):
        """Nothing is left, and it goes on."""
        self.store.drop()
        self.forget()

    @rule()
    def close_and_open(self):
        """On disk all is there again, in memory nothing."""
        self.store.close()
        self.store.close()
        self.store = self.stores.open(0)
        if not self.on_disk:
            self.forget()

    @rule(key=KEYS)
    def get(self, key):
        """A key that is not held gives None."""
        assert self.store.get(key) == self.held.get(key)

    @invariant()
    def equal(self):
        """Keys, values, their number and the position."""
        if hasattr(self, "store"):
            assert dict(self.store.items()) == self.held
            assert sorted(self.store.keys()) == sorted(self.held)
            assert len(self.store) == len(self.held)
            assert self.on_disk or self.store.about() == len(self.held)
            assert self.store.position == self.position

    def teardown(self):
        """Leave nothing."""
        if hasattr(self, "store"):
            self.store.close()
            self.stores.close()
            shutil.rmtree(self.folder)


TestAgainstADict = AgainstADict.TestCase
TestAgainstADict.settings = profile(max_examples=40, stateful_step_count=12, deadline=None)


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


def test_the_estimate_of_a_store_on_disk_is_near_once_files_are_merged(tmp_path):
    """Keys written once are all in it, also after a stop; two of the store's own are besides."""
    stores = DiskStores(tmp_path, SMALL, 1)
    store = stores.open(0)
    assert store.about() == 0
    store.claim("one")
    store.write([(b"%d" % key, b"value") for key in range(500)], 1)
    assert store.about() == 502
    for position in range(2, 12):
        store.write([(b"%d" % key, b"other") for key in range(500)], position)
    assert store.about() > 502
    store._db.flush()
    store._db.compact_range(None, None)
    assert store.about() == 502
    store.close()
    store = stores.open(0)
    assert store.about() == 502
    store.close()
    stores.close()


def test_memory_is_bounded_for_all_partitions_together(tmp_path):
    """All read through the one cache of the settings, also in a folder that was there before."""
    stores = DiskStores(tmp_path, SMALL, 4)
    for _ in range(2):
        opened_now = [stores.open(partition) for partition in range(4)]
        for store in opened_now:
            for number in range(20):
                store.write(store_process.batch(number))
            assert store._db.property_int_value("rocksdb.block-cache-capacity") == SMALL.cache_bytes
            assert store._db.property_int_value("rocksdb.block-cache-usage") == (
                stores._cache.get_usage()
            )
        assert stores._buffers.get_usage() <= 2 * SMALL.write_buffer_bytes
        for store in opened_now:
            store.close()
    stores.close()


def test_only_one_process_has_the_folder(tmp_path):
    """A second one is told so in one line; when the first is gone the folder is free."""
    with child(tmp_path) as writer:
        assert writer.stdout.readline()
        with pytest.raises(UserError, match="another process"):
            DiskStores(tmp_path, SMALL, 1)
        writer.send_signal(signal.SIGKILL)
    DiskStores(tmp_path, SMALL, 1).close()


def test_a_folder_that_cannot_be_made_is_the_users_to_mend(tmp_path):
    """One line, no traceback."""
    (tmp_path / "state").write_bytes(b"")
    settings = Settings(state_dir=tmp_path, state=StateSettings(store="rocksdb"))
    with pytest.raises(UserError, match="state_dir"):
        stores_for(settings, "cases.v1")


def test_the_setting_chooses(tmp_path):
    """In memory unless told otherwise; on disk each topic has a folder of its own."""
    assert isinstance(stores_for(Settings(), "cases.v1"), MemoryStores)
    on_disk = Settings(state_dir=tmp_path, state=StateSettings(store="rocksdb"))
    for topic in ("one", "two"):
        stores = stores_for(on_disk, topic)
        stores.open(3).close()
        stores.close()
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("state/*/3")} == {
        "state/one/3",
        "state/two/3",
    }
    assert (tmp_path / "state/one/lock").stat().st_mode & 0o77 == 0


def test_without_the_package_the_setting_says_what_to_install(tmp_path, monkeypatch):
    """The package is an extra; whoever sets it without gets one line."""
    monkeypatch.setitem(sys.modules, "rocksdict", None)
    monkeypatch.delitem(sys.modules, "agents.engine.state.disk_stores")
    settings = Settings(state_dir=tmp_path, state=StateSettings(store="rocksdb"))
    with pytest.raises(UserError, match="pip install"):
        stores_for(settings, "cases.v1")


def test_a_key_kept_beside_a_store_in_memory_is_the_very_object_that_it_holds():
    """Written again it stays that; what is not held, or is held as another kind, is given back."""
    store = MemoryStore()
    store.write([(DIGEST, b"1")])
    held = store.own(bytes.fromhex(DIGEST.decode()))
    store.write([(bytes(bytearray(DIGEST)), b"2")])
    assert store.own(bytes.fromhex(DIGEST.decode())) is held
    for other in (bytes(16), bytes.fromhex("00ab" * 7), b""):
        assert store.own(other) is other
    store.write([(DIGEST, None)])
    asked = bytes.fromhex(DIGEST.decode())
    assert store.own(asked) is asked
    assert store.own(bytes.fromhex(DIGEST.decode())) is asked


def test_a_key_that_is_kept_elsewhere_first_is_held_as_that_object():
    """A URL is put on the wheel before its first state is written."""
    store, asked = MemoryStore(), bytes.fromhex(DIGEST.decode())
    assert store.own(asked) is asked
    store.write([(DIGEST, b"1")])
    assert store.own(bytes.fromhex(DIGEST.decode())) is asked
    assert [*store.keys()] == [DIGEST]


def test_an_equal_key_of_a_dict_is_found_among_keys_of_other_types():
    """Text of the same bytes is another key."""
    key = bytes.fromhex("00ff" * 8)
    held = {key.decode("latin-1"): 1, key: 2}
    assert own_key(held, bytes(bytearray(key))) is key
