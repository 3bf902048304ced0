"""Stores on disk, for states that are larger than memory: RocksDB, one folder a partition.

There is no write-ahead log: the topic is one. Values that were only in memory when the process died
are read from the topic again. Values and their position are written as one and flushed in order. So
the disk always holds the copy of some earlier position. Opening a store reads every block and
compares its checksum. A damaged store is erased and read anew from the topic.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from rocksdict import Options, Rdict, RdictIter, WriteBatch, WriteOptions

from agents.engine.state.store import Pair, StoreDamaged, StoreFailed, say

T = TypeVar("T")

_LOG: Final = b"\x00log"
_POSITION: Final = b"\x00position"
_KEY: Final = b"\x01"  # before a key of the topic, so that none is one of the two above
_POSITION_BYTES: Final = 8
_ESTIMATE: Final = "rocksdb.estimate-num-keys"

_OUTSIDE: Final = (
    "No space left",
    "Disk quota exceeded",
    "File too large",
    "Permission denied",
    "Read-only file system",
    "Too many open files",
    "lock hold by current process",
    "While lock file",
)
"""What RocksDB says where the folder is sound and the world around it is not."""


class DiskStore:
    """A store of one partition on disk; see `agents.engine.state.store.Store`.

    Args:
        folder: its own.
        options: makes those of the database; memory shared with other partitions is among them.

    Raises:
        StoreFailed: the folder cannot be written.
    """

    def __init__(self, folder: Path, options: Callable[[], Options]) -> None:
        self._folder = folder
        self._options = options
        self._written = WriteOptions()
        self._written.disable_wal = True  # type: ignore[method-assign,assignment]  # a property; the stub says method
        self._db: Rdict | None = None
        self._position = 0
        self._open()
        if not self._sound():
            self._open()

    @property
    def position(self) -> int:
        """Offset up to which everything is held."""
        return self._position

    def claim(self, log: str) -> bool:
        """Belong to a log; see `Store.claim`."""
        found, wanted = self._got(_LOG), log.encode()
        if found == wanted:
            return True
        if found is not None:
            self.drop()
        self._put([(_LOG, wanted)])
        return found is None

    def get(self, key: bytes) -> bytes | None:
        """Return what is held of a key; None = nothing is."""
        return self._got(_KEY + key)

    def write(self, pairs: Sequence[Pair], position: int | None = None) -> None:
        """Hold the pairs; see `Store.write`."""
        own: list[Pair] = [(_KEY + key, value) for key, value in pairs]
        if position is not None:
            own.append((_POSITION, position.to_bytes(_POSITION_BYTES, "big")))
        self._put(own)
        if position is not None:
            self._position = position

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Give every key with its value."""
        for entry in self._walk(_KEY):
            yield entry.key()[1:], entry.value()

    def keys(self) -> Iterator[bytes]:
        """Give every key."""
        for entry in self._walk(_KEY):
            yield entry.key()[1:]

    def intern(self, digest: bytes) -> bytes:
        """Return what was given: no key is in memory."""
        return digest

    def __len__(self) -> int:
        """Return how many keys are held; walks over all of them."""
        return sum(1 for _ in self._walk(_KEY))

    def about(self) -> int:
        """Return RocksDB's estimate of how many keys are held; see `Store.about`.

        It counts what is written and not what is there: a key that was written again counts more
        than once until files are merged, and two keys are the store's own.
        """
        # not guarded: for want of a figure nothing is erased
        return self._handle().property_int_value(_ESTIMATE) or 0

    def drop(self) -> None:
        """Forget everything."""
        self._erase()
        self._open()

    def close(self) -> None:
        """Flush, so that the next owner of the folder reads little of the topic, and close."""
        if self._db is not None:
            with contextlib.suppress(StoreDamaged, StoreFailed):  # the topic has it all
                self._guarded(self._db.flush)
        self._let_go()

    def _sound(self) -> bool:
        """Read every block, which compares its checksum; False = there was damage."""
        try:
            for _ in self._walk(b""):
                pass
        except StoreDamaged:
            return False  # and let go of the iterator, which has the database open
        return True

    def _open(self) -> None:
        """Open the folder; what cannot be opened is erased and begun anew."""
        try:
            self._db, position = self._guarded(self._rdict)
        except StoreDamaged:
            self._db, position = self._guarded(self._rdict)
        self._position = int.from_bytes(position or b"", "big")

    def _rdict(self) -> tuple[Rdict, bytes | None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = self._options()
        # named for the column family too: else a folder that is there already is opened with
        # the options it was written with and a block cache of its own
        db = Rdict(str(self._folder), options, {"default": options})
        return db, db.get(_POSITION)

    def _erase(self) -> None:
        self._let_go()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _let_go(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(Exception):  # it flushes again, and there may be no room
                db.close()

    def _got(self, key: bytes) -> bytes | None:
        db = self._handle()
        return self._guarded(lambda: db.get(key))

    def _put(self, pairs: Sequence[Pair]) -> None:
        batch = WriteBatch(raw_mode=True)
        for key, value in pairs:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        db = self._handle()
        self._guarded(lambda: db.write(batch, self._written))

    def _walk(self, first: bytes) -> Iterator[RdictIter]:
        entry = self._handle().iter()
        self._guarded(lambda: entry.seek(first))
        while entry.valid():
            yield entry
            self._guarded(entry.next)
        self._guarded(entry.status)  # an iterator that meets damage is only no longer valid

    def _handle(self) -> Rdict:
        if self._db is None:
            raise ValueError("the store is closed")
        return self._db

    def _guarded(self, work: Callable[[], T]) -> T:
        """Do a piece of work with the database.

        Raises:
            StoreDamaged: what is on disk cannot be read; it is erased now.
            StoreFailed: what is on disk is sound and cannot be written to.
        """
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the binding raises nothing narrower
            said = str(error)
        if any(cause in said for cause in _OUTSIDE):
            raise StoreFailed
        say(f"the state of partition {self._folder.name} on disk is damaged; it is read anew")
        self._erase()
        raise StoreDamaged
