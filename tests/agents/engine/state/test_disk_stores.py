"""The stores on disk of all partitions: one folder, one process, one bound of memory."""

import signal
import subprocess
import sys

import pytest
import store_process
from store_process import SMALL
from waiting import until

from agents.config import Settings, StateSettings
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.stores import stores_for
from agents.errors import UserError

CHILD = store_process.__file__


def child(folder, *more):
    return subprocess.Popen(
        [sys.executable, CHILD, str(folder), *more], stdout=subprocess.PIPE, text=True
    )


def used(held):
    return held.property_int_value("rocksdb.block-cache-usage")


def test_memory_is_bounded_for_all_partitions_together(tmp_path):
    """All read through the one cache of the settings, also in a folder that was there before."""
    stores = DiskStores(tmp_path, SMALL, 4)
    for _ in range(2):
        opened_now = [stores.open(partition) for partition in range(4)]
        for store in opened_now:
            for number in range(20):
                store.write(store_process.batch(number))
            assert store._db.property_int_value("rocksdb.block-cache-capacity") == SMALL.cache_bytes
            # flushes of the background move both, and end
            assert until(lambda held=store._db: used(held) == stores._cache.get_usage())
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
