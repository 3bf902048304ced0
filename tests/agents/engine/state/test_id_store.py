"""Ids on disk: whole after a crash, made anew when damaged, bounded by time and size."""

import sqlite3
import stat
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from agents.engine.state import id_store
from agents.engine.state.id_store import REMEMBERED_DAYS, IdStore
from agents.engine.state.store import StoreDamaged, StoreFailed

DAY = 20_000


def row(number: int, day: int = DAY) -> tuple[bytes, bytes, int]:
    """Return an id with what is known of it."""
    return sha256(b"%d" % number).digest()[:16], b"known%d" % number, day


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the store is."""
    return tmp_path / "ids" / "0.sqlite"


def test_what_was_written_stands_with_its_position(file: Path) -> None:
    """Also for the next owner of the file, which nobody else can read."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(1), row(2)], [("line", DAY, b"k", 3)], 7)
    store.write([(row(1)[0], b"better", DAY)], [], 9)
    store.close()
    store = IdStore(file)
    store.claim("log", 0, 10)
    assert (store.position, store.counts()) == (9, [("line", DAY, b"k", 3)])
    assert [store.get(row(n)[0]) for n in (1, 2, 3)] == [b"better", b"known2", None]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.close()
    store.close()


@pytest.mark.parametrize(("log", "begin", "end"), [("other", 0, 10), ("log", 8, 10), ("log", 0, 6)])
def test_another_logs_ids_are_forgotten(file: Path, log: str, begin: int, end: int) -> None:
    """One of another name, cut in front, or shorter than what was held."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(1)], [("line", DAY, b"k", 3)], 7)
    store.claim(log, begin, end)
    assert (store.position, store.get(row(1)[0]), store.counts()) == (0, None, [])


@pytest.mark.parametrize("damage", [b"no database at all", b""])
def test_a_damaged_file_is_made_anew(file: Path, damage: bytes) -> None:
    """At the opening at once; met later, the process stops and the next one reads the topic."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(n) for n in range(2_000)], [], 7)
    store.close()
    file.write_bytes(damage)
    store = IdStore(file)
    assert (store.position, store.get(row(1)[0])) == (0, None)


def test_a_page_that_is_damaged_is_noticed_when_it_is_read(file: Path) -> None:
    """It is never taken for an id that is not known."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(n) for n in range(20_000)], [], 7)
    store.close()
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2 : -4_096] = b"\xff" * (len(raw) - len(raw) // 2 - 4_096)
    file.write_bytes(raw)
    store = IdStore(file)
    with suppress(StoreDamaged):
        for n in range(20_000):
            assert store.get(row(n)[0]) is not None or store.position == 0
    store.close()
    assert IdStore(file).position == 0


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """It is no damage: nothing is erased for it."""
    (tmp_path / "ids").write_bytes(b"a file where the folder has to be")
    with pytest.raises(StoreFailed):
        IdStore(tmp_path / "ids" / "0.sqlite")


def test_ids_are_forgotten_by_age_and_by_size(file: Path, monkeypatch) -> None:
    """Older than a case can be open, or the oldest days of a file that is too large."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    old, kept = row(1, DAY - REMEMBERED_DAYS - 1), row(2, DAY - REMEMBERED_DAYS)
    store.write([old, kept], [], 1)
    store.forget(DAY)
    assert (store.get(old[0]), store.get(kept[0])) == (None, kept[1])
    store.write([row(n, DAY + n // 1_000) for n in range(1_000, 10_000)], [], 2)
    sieve_bytes = 1 << id_store.SIEVE_BITS - 3
    most = (store.used_bytes() - sieve_bytes) // 2 + sieve_bytes
    monkeypatch.setattr(id_store, "FILE_BYTES_MAX", most)
    store.forget(DAY)
    assert store.used_bytes() <= id_store.FILE_BYTES_MAX
    assert (store.get(row(1_000)[0]), store.get(row(9_999)[0])) == (None, b"known9999")


def test_counts_of_two_days_are_kept_of_each_hotline(file: Path) -> None:
    """One that is far behind keeps its own."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([], [("line", DAY, b"k", 1), ("archive", DAY - 90, b"k", 2)], 1)
    store.write([], [("line", DAY + 2, b"k", 3)], 2)
    assert sorted(store.counts()) == [("archive", DAY - 90, b"k", 2), ("line", DAY + 2, b"k", 3)]


@pytest.mark.parametrize("bits", [None, b"\x00" * (1 << id_store.SIEVE_BITS - 3)])
def test_no_id_on_disk_is_hidden_by_the_sieve(file: Path, bits: bytes | None) -> None:
    """Not by one that was written, is missing, or lost its bits; what is new is told apart."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(n) for n in range(5_000)], [], 7)
    store.close()
    with closing(sqlite3.connect(file)) as db, db:
        if bits is None:
            db.execute("DELETE FROM sieve")
        else:
            db.execute("UPDATE sieve SET bits = ?", (bits,))
    store = IdStore(file)
    store.claim("log", 0, 10)
    assert all(store.get(row(n)[0]) == row(n)[1] for n in range(5_000))
    assert [store.get(row(n)[0]) for n in range(5_000, 5_100)] == [None] * 100
    store.close()


def test_a_new_id_is_not_looked_up_on_disk(file: Path) -> None:
    """Almost none: what the sieve has never seen is not asked of the file."""
    store = IdStore(file)
    store.claim("log", 0, 10)
    store.write([row(n) for n in range(5_000)], [], 7)
    asked: list[str] = []
    assert store._db is not None
    store._db.set_trace_callback(asked.append)
    for n in range(5_000, 6_000):
        store.get(row(n)[0])
    assert len(asked) < 20
    store.close()
