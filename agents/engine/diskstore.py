"""Stores on disk, for states that are larger than memory: RocksDB, one folder a partition.

There is no write-ahead log: the topic is one. What stood only in memory when the process died is
read from the topic again, and since values and the position that counts them in are written as
one and flushed in order, what is on disk is always the copy of some earlier position. Damage is
looked for when a store is opened, which reads every block and compares its checksum; what is
damaged is erased and read anew from the topic.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from rocksdict import (
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Options,
    Rdict,
    RdictIter,
    WriteBatch,
    WriteBufferManager,
    WriteOptions,
)

from agents.config import StateSettings
from agents.engine.store import Pair, StoreDamaged, StoreFailed, say
from agents.errors import UserError

T = TypeVar("T")

OPEN_FILES_MAX: Final = 64
"""Files a partition keeps open: 12 partitions stay below the usual limit of 1,024."""

BUFFER_BYTES_MIN: Final = 256 * 1024
BUFFERS: Final = 2
"""A partition fills one write buffer while the other is flushed."""

BLOCK_BYTES: Final = 8 * 1024
"""Some ten states; a look-up reads one block."""

BLOOM_BITS: Final = 10
"""Of the look-ups of a key that is not there one in a hundred reads a block."""

LOG_FILE_BYTES_MAX: Final = 1024 * 1024
"""RocksDB's own account of its work, which names no key."""

_LOG: Final = b"\x00log"
_POSITION: Final = b"\x00position"
_KEY: Final = b"\x01"  # before a key of the topic, so that none is one of the two above
_POSITION_BYTES: Final = 8

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
    """A store of one partition on disk; see `agents.engine.store.Store`.

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
        # the stub has this property as a method
        self._written.disable_wal = True  # type: ignore[method-assign,assignment]
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

    def __len__(self) -> int:
        """Return how many keys are held; walks over all of them."""
        return sum(1 for _ in self._walk(_KEY))

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


class DiskStores:
    """The stores of one topic on disk; one process at a time has them.

    Memory is bounded for all together: write buffers are charged to the one block cache.

    Args:
        folder: that of the topic; made if it is not there.
        settings: how much memory.
        partitions: how many the topic has.

    Raises:
        UserError: another process has the folder, or it cannot be written.
    """

    def __init__(self, folder: Path, settings: StateSettings, partitions: int) -> None:
        self._folder = folder
        self._lock = _locked(folder)
        self._cache = Cache(settings.cache_bytes)
        self._buffers = WriteBufferManager.new_write_buffer_manager_with_cache(
            settings.write_buffer_bytes, False, self._cache
        )
        self._buffer_bytes = max(
            BUFFER_BYTES_MIN, settings.write_buffer_bytes // (BUFFERS * partitions)
        )

    def open(self, partition: int) -> DiskStore:
        """Return the store of a partition, with what this machine still holds of it."""
        return DiskStore(self._folder / str(partition), self._options)

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)

    def _options(self) -> Options:
        blocks = BlockBasedOptions()
        blocks.set_block_cache(self._cache)
        blocks.set_cache_index_and_filter_blocks(True)  # else they lie outside the bound
        blocks.set_block_size(BLOCK_BYTES)
        blocks.set_bloom_filter(BLOOM_BITS, False)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_block_based_table_factory(blocks)
        options.set_write_buffer_manager(self._buffers)
        options.set_write_buffer_size(self._buffer_bytes)
        options.set_max_write_buffer_number(BUFFERS)
        options.set_compression_type(DBCompressionType.none())  # states are packed already
        options.set_max_open_files(OPEN_FILES_MAX)
        options.set_max_log_file_size(LOG_FILE_BYTES_MAX)
        options.set_keep_log_file_num(1)
        return options


def _locked(folder: Path) -> int:
    """Take the folder for this process; the kernel lets go of it when the process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        raise UserError("state_dir cannot be written: see its owner and rights") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UserError(
            "another process has the states in state_dir; give each worker one of its own"
        ) from None
    return handle
