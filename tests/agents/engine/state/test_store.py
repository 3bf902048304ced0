"""Both kinds of store keep the same laws, and a store on disk outlives whatever happens to it."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from store_process import SMALL

from agents.config import Settings, StateSettings
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import MemoryStore, MemoryStores, own_key
from agents.engine.state.stores import stores_for
from agents.errors import UserError

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


def test_state_is_in_memory_unless_the_setting_says_disk(tmp_path):
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
    held = store.intern(bytes.fromhex(DIGEST.decode()))
    store.write([(bytes(bytearray(DIGEST)), b"2")])
    assert store.intern(bytes.fromhex(DIGEST.decode())) is held
    for other in (bytes(16), bytes.fromhex("00ab" * 7), b""):
        assert store.intern(other) is other
    store.write([(DIGEST, None)])
    asked = bytes.fromhex(DIGEST.decode())
    assert store.intern(asked) is asked
    assert store.intern(bytes.fromhex(DIGEST.decode())) is asked


def test_a_key_that_is_kept_elsewhere_first_is_held_as_that_object():
    """A URL is put on the wheel before its first state is written."""
    store, asked = MemoryStore(), bytes.fromhex(DIGEST.decode())
    assert store.intern(asked) is asked
    store.write([(DIGEST, b"1")])
    assert store.intern(bytes.fromhex(DIGEST.decode())) is asked
    assert [*store.keys()] == [DIGEST]


def test_an_equal_key_of_a_dict_is_found_among_keys_of_other_types():
    """Text of the same bytes is another key."""
    key = bytes.fromhex("00ff" * 8)
    held = {key.decode("latin-1"): 1, key: 2}
    assert own_key(held, bytes(bytearray(key))) is key
