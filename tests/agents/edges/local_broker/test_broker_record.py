"""Which broker runs in a folder is what its file says, held against the process table."""

import os
from pathlib import Path

import pytest

from agents.edges.child_process.processes import identify
from agents.edges.local_broker.broker_record import Running, last, record, running, stop


def of(pid: int, parent: int = 0) -> Running:
    own, above = identify(pid), identify(parent) if parent else None
    return Running(
        pid=pid,
        started_ticks=own.started_ticks if own else 0,
        port=9_092,
        controller_port=9_093,
        parent_pid=parent,
        parent_started_ticks=above.started_ticks if above else 0,
    )


def test_a_process_that_runs_is_found(tmp_path: Path) -> None:
    """By its address."""
    assert running(tmp_path) is None
    record(tmp_path, of(os.getpid()))
    found = running(tmp_path)
    assert found is not None
    assert found.bootstrap == "127.0.0.1:9092"


def test_another_process_of_the_same_number_is_not_it(tmp_path: Path) -> None:
    """Numbers come again; the time of the start does not."""
    mine = of(os.getpid())
    other = Running(
        pid=mine.pid, started_ticks=mine.started_ticks + 1, port=9_092, controller_port=9_093
    )
    record(tmp_path, other)
    assert running(tmp_path) is None
    assert last(tmp_path) == other
    assert not stop(tmp_path)


def test_one_whose_parent_is_gone_is_about_to_end(tmp_path: Path) -> None:
    """It is not taken for one that runs."""
    alone = of(os.getpid(), os.getppid())
    record(tmp_path, alone)
    assert running(tmp_path) == alone
    orphan = Running(
        pid=alone.pid,
        started_ticks=alone.started_ticks,
        port=1,
        controller_port=2,
        parent_pid=alone.parent_pid,
        parent_started_ticks=alone.parent_started_ticks + 1,
    )
    assert orphan.orphaned
    record(tmp_path, orphan)
    assert running(tmp_path) is None


@pytest.mark.parametrize("damage", [b"", b"{", b'{"pid": "x"}'])
def test_a_damaged_file_is_none(tmp_path: Path, damage: bytes) -> None:
    """A broker is started then as if there had been none."""
    (tmp_path / "broker.json").write_bytes(damage)
    assert last(tmp_path) is None
