"""All partitions of a reading: what is kept is not read again, a large ledger takes processes."""

import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from read_parts import killed, named_by_process
from reported import DAY, case
from waiting import until

from agents.config import Settings
from agents.errors import UserError
from agents.tools.report.reading import partitions
from agents.tools.report.reading.partition import PartitionCases, PartitionTask
from agents.tools.report.reading.position import Stated
from agents.tools.report.reading.working_folder import WorkingFolder
from agents.tools.verification.signed import Signed
from streams.report.cohort import Cohort

COHORT = Cohort(0, 90 * DAY, 86_400)
STATED = Stated(positions={}, partitions=4, ledger="here")


def tasks(records: int) -> list[PartitionTask]:
    """Return the tasks of four partitions with so many records each."""
    ends = {"facts.v1": records}
    return [PartitionTask(Settings(), part, ends, Signed(), COHORT) for part in range(4)]


def part_named(partition: int) -> PartitionCases:
    """Return what tells a partition from the others."""
    return PartitionCases(cases=[case(partition)])


async def test_what_is_kept_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are read and kept; all come in the order of the partitions."""
    read: list[int] = []

    async def noted(task: PartitionTask) -> PartitionCases:
        read.append(task.partition)
        return part_named(task.partition)

    monkeypatch.setattr(partitions, "part_of", noted)
    steps: list[tuple[int, int]] = []
    with WorkingFolder(tmp_path / "r.reading", COHORT) as kept:
        kept.begin(STATED)
        kept.keep(1, part_named(1))
        kept.keep(3, part_named(3))
        found = await partitions.parts_of(tasks(1), kept, lambda n, of: steps.append((n, of)))
        assert read == [0, 2]
        assert [kept.part(one) for one in range(4)] == found == [part_named(p) for p in range(4)]
    assert steps == [(n, 4) for n in (1, 2, 3, 4)]


async def many(read: Any, monkeypatch: pytest.MonkeyPatch) -> Sequence[PartitionCases]:
    """Read four partitions of more records than one process folds."""
    monkeypatch.setattr(partitions, "_run", read)
    return await partitions.parts_of(tasks(partitions.ALONE_RECORDS_MAX), None, lambda *_: None)


async def test_a_large_ledger_takes_processes_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two, and this one is none of them."""
    found = await many(named_by_process, monkeypatch)
    processes = {pid for part in found for pid in part.left_out}
    assert 1 <= len(processes) <= partitions.PROCESSES
    assert str(os.getpid()) not in processes


async def test_a_process_that_is_ended_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to do: what was read is kept."""
    with pytest.raises(UserError, match="run the command again"):
        await many(killed, monkeypatch)


async def test_who_cannot_keep_a_part_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is gone, say: those that read are ended with the error, whoever still holds it."""
    monkeypatch.setattr(partitions, "_run", named_by_process)
    before = set(multiprocessing.active_children())
    with WorkingFolder(tmp_path / "r.reading", COHORT) as kept:
        kept.begin(STATED)
        kept.remove()
        with pytest.raises(UserError, match="cannot be written"):
            await partitions.parts_of(tasks(partitions.ALONE_RECORDS_MAX), kept, lambda *_: None)
    assert until(lambda: set(multiprocessing.active_children()) <= before)
