"""The stores of a topic on disk: one folder, one process, one bound on memory."""

import fcntl
import os
from pathlib import Path
from typing import Final

from rocksdict import BlockBasedOptions, Cache, DBCompressionType, Options, WriteBufferManager

from agents.config import StateSettings
from agents.engine.state.disk_store import DiskStore
from agents.errors import UserError

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
