"""Where stores are kept is what the settings say."""

import sys
from pathlib import Path

import pytest

from agents.config import KafkaSettings, Settings, StateSettings
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import MemoryStores
from agents.engine.state.stores import stores_for
from agents.errors import UserError


def settings(folder: Path, store: str) -> Settings:
    return Settings(
        kafka=KafkaSettings(topic_prefix="there."),
        state=StateSettings(store=store),
        state_dir=folder,
    )


def test_in_memory_nothing_is_written(tmp_path: Path) -> None:
    """The folder stays empty."""
    assert isinstance(stores_for(settings(tmp_path, "memory"), "cases.v1"), MemoryStores)
    assert list(tmp_path.iterdir()) == []


def test_on_disk_each_topic_has_a_place_of_its_own(tmp_path: Path) -> None:
    """Named with the ledger's prefix, so that two ledgers share none."""
    found = stores_for(settings(tmp_path, "rocksdb"), "cases.v1")
    try:
        assert isinstance(found, DiskStores)
        assert (tmp_path / "state" / "there.cases.v1").is_dir()
    finally:
        found.close()


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch) -> None:
    """With the command that brings it."""
    monkeypatch.setitem(sys.modules, "agents.engine.state.disk_stores", None)
    with pytest.raises(UserError, match=r"hostwatch\[rocksdb\]"):
        stores_for(settings(tmp_path, "rocksdb"), "cases.v1")
