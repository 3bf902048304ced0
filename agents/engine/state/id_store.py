"""The ids of one partition on disk: sqlite3 of the standard library, one file a partition.

As with the states (`agents.engine.state.disk_store`), the topic is authoritative, and the file is a
copy of it up to a position. The position is written in one transaction with the ids up to it. A
file that cannot be read is erased and made anew from the topic.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias
from zlib import crc32

from agents.engine.state.store import StoreDamaged, StoreFailed, say

REMEMBERED_DAYS: Final = 400
"""A hotline may send a record again for as long as a case of it can be open."""

FILE_BYTES_MAX: Final = 1024 * 1024 * 1024
"""Of a partition: some 12 million ids. Beyond it the oldest days are forgotten."""

CACHE_KIB: Final = 4_096
"""Pages of a file in memory: the upper levels of 12 million ids."""

SIEVE_BITS: Final = 23
"""1 MiB of memory a partition: a bit for each beginning of an id, set for those on disk. A look-up
of a new id then ends here, at 0.3 us instead of 4 to 7: with 100,000 ids all but one in 80 do,
with a million all but one in 9."""

IdRow: TypeAlias = tuple[bytes, bytes, int]
"""An id's hash, what is known of it, and the UTC day on which it was accepted."""

CountRow: TypeAlias = tuple[str, int, bytes, int]
"""A hotline, a UTC day, kind and URL, and how many of them were accepted."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS ids (name BLOB PRIMARY KEY, known BLOB NOT NULL, day INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ids_of_day ON ids (day);
CREATE TABLE IF NOT EXISTS counts (hotline TEXT, day INTEGER, kind BLOB, number INTEGER NOT NULL,
  PRIMARY KEY (hotline, day, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL,
  position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sieve (one INTEGER PRIMARY KEY CHECK (one = 1), bits BLOB NOT NULL,
  crc INTEGER NOT NULL);
"""
_FULL: Final = ("full", "readonly", "unable to open", "locked", "I/O")


class IdStore:
    """The ids of one partition.

    Args:
        file: its own; made if it is not there.

    Raises:
        StoreFailed: the file cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._db: sqlite3.Connection | None = None
        self._name, self.position = "", 0
        self._sieve = bytearray(1 << SIEVE_BITS - 3)
        try:
            self._open()
        except StoreDamaged:
            self._open()

    def claim(self, log: str, begin: int, end: int) -> None:
        """Belong to a partition of a topic from now on; what is of another is forgotten.

        Args:
            log: tells it from every other, also from one of the same name.
            begin: where the log begins; a position before it is that of another one.
            end: where it ends; the same.
        """
        known = not self.position or begin <= self.position <= end
        if self._name != log or not known:
            if self._name:
                say("the ids that were held on disk are not of this log; they are read anew")
            self.drop()
            self._name = log

    def get(self, name: bytes) -> bytes | None:
        """Return what is known of an id; None = nothing is.

        Raises:
            StoreDamaged: the file cannot be read; it is erased now.
        """
        at = _place(name)
        if not self._sieve[at >> 3] >> (at & 7) & 1:
            return None
        with self._guarded() as db:
            row = db.execute("SELECT known FROM ids WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def counts(self) -> list[CountRow]:
        """Return what was counted of the newest days."""
        with self._guarded() as db:
            return db.execute("SELECT hotline, day, kind, number FROM counts").fetchall()

    def write(self, ids: Iterable[IdRow], counts: Iterable[CountRow], position: int) -> None:
        """Hold ids and counts, all of them or after a crash none.

        Args:
            ids: new ones, or those known better.
            counts: that changed; of each hotline older days than the one before its newest go.
            position: offset of the topic before which everything is held.

        Raises:
            StoreFailed: there is no room, or no right to write.
        """
        held, counted = list(ids), list(counts)
        self._sift(name for name, *_ in held)
        newest: dict[str, int] = {}
        for hotline, day, *_ in counted:
            newest[hotline] = max(newest.get(hotline, 0), day)
        with self._guarded() as db, db:
            db.executemany("INSERT OR REPLACE INTO ids VALUES (?, ?, ?)", held)
            db.executemany("INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?)", counted)
            db.executemany(
                "DELETE FROM counts WHERE hotline = ? AND day < ?",
                [(hotline, day - 1) for hotline, day in newest.items()],
            )
            sieve = self._sieve, crc32(self._sieve)
            db.execute("INSERT OR REPLACE INTO sieve VALUES (1, ?, ?)", sieve)
            db.execute("INSERT OR REPLACE INTO log VALUES (1, ?, ?)", (self._name, position))
        self.position = position

    def _sift(self, names: Iterable[bytes]) -> None:
        for name in names:
            at = _place(name)
            self._sieve[at >> 3] |= 1 << (at & 7)

    def forget(self, today: int) -> None:
        """Forget ids that are too old, and the oldest days while the file is too large.

        Args:
            today: the UTC day of the newest record.
        """
        with self._guarded() as db:
            with db:
                db.execute("DELETE FROM ids WHERE day < ?", (today - REMEMBERED_DAYS,))
            while self.used_bytes() > FILE_BYTES_MAX:
                with db:
                    gone = db.execute("DELETE FROM ids WHERE day = (SELECT min(day) FROM ids)")
                if gone.rowcount < 1:
                    break

    def used_bytes(self) -> int:
        """Return how much of the file is in use."""
        with self._guarded() as db:
            pages, free, size = (
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def drop(self) -> None:
        """Forget everything; the file goes on empty, at position 0, and belongs to nobody."""
        self._erase()
        self._open()

    def close(self) -> None:
        """Let go of the partition, which belongs to somebody else now."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()

    def _open(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            # used by one thread at a time, in the loop's to look up and in another to write
            self._db = sqlite3.connect(self._file, check_same_thread=False)
        except (OSError, sqlite3.Error):
            raise StoreFailed from None
        with self._guarded() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")  # whole after a crash; the topic has the rest
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            db.executescript(_TABLES)
            row = db.execute("SELECT name, position FROM log").fetchone()
            sieve = db.execute("SELECT bits, crc FROM sieve").fetchone()
            if sieve is not None and crc32(sieve[0]) == sieve[1]:
                self._sieve = bytearray(sieve[0])
            else:  # a file of an earlier release has none; a damaged one would hide ids
                self._sift(name for (name,) in db.execute("SELECT name FROM ids"))
        self._name, self.position = row or ("", 0)

    def _erase(self) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        self._name, self.position = "", 0
        self._sieve = bytearray(len(self._sieve))

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        """Give the database.

        Raises:
            StoreDamaged: what is on disk cannot be read; it is erased now.
            StoreFailed: what is on disk is sound and cannot be written to.
        """
        if self._db is None:
            raise ValueError("the store is closed")
        try:
            yield self._db
        except sqlite3.DatabaseError as error:
            if any(cause in str(error) for cause in _FULL):
                raise StoreFailed from None
            say("the ids of a partition on disk are damaged; they are read anew")
            self._erase()
            raise StoreDamaged from None


def _place(name: bytes) -> int:
    """Return the bit of an id: its first bits, which are as good as random."""
    return int.from_bytes(name[:3], "big") >> 24 - SIEVE_BITS
