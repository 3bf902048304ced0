"""The working folder of a report: bound to what is read, and the owner's alone."""

from pathlib import Path

import msgspec
import pytest
from reported import DAY, case

from agents.errors import UserError
from agents.tools.report.reading.partition import PartitionCases
from agents.tools.report.reading.position import Stated
from agents.tools.report.reading.working_folder import HEAD_FILE, WorkingFolder, folder_beside
from streams.report.cohort import Cohort

COHORT = Cohort(0, 90 * DAY, 86_400)
STATED = Stated(positions={"0": {"facts.v1": 7}}, partitions=1, ledger="here", signed="nothing")
PART = PartitionCases(cases=[case(1)], left_out={"other": 2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where one partition is kept of a reading that was begun."""
    found = folder_beside(tmp_path / "report")
    with WorkingFolder(found, COHORT) as kept:
        kept.begin(STATED)
        kept.keep(0, PART)
    return found


def test_what_was_read_is_there_again(folder: Path) -> None:
    """The position with it; a partition that was not read is not."""
    with WorkingFolder(folder, COHORT) as kept:
        assert kept.stated == STATED
        kept.begin(STATED)
        assert kept.part(0) == PART
        assert kept.part(1) is None
        kept.remove()
    assert not folder.exists()


def test_where_nothing_was_begun_nothing_stays(tmp_path: Path) -> None:
    """A report that is refused leaves no folder."""
    with WorkingFolder(tmp_path / "r.reading", COHORT) as kept:
        assert kept.stated is None
    assert not (tmp_path / "r.reading").exists()


@pytest.mark.parametrize(
    ("cohort", "methods"),
    [
        (Cohort(0, 91 * DAY, 86_400), None),
        (Cohort(0, 90 * DAY, 172_800), None),
        (Cohort(0, 90 * DAY, None), None),
        (Cohort(0, 90 * DAY, 86_400, "NL"), None),
        (COHORT, ("9", "10")),
    ],
)
def test_another_report_is_refused(
    folder: Path, cohort: Cohort, methods: tuple[str, str] | None
) -> None:
    """In one line that says what to do; what was read stays."""
    with pytest.raises(UserError, match="remove the folder, or name another --out"):
        WorkingFolder(folder, cohort, methods)
    with WorkingFolder(folder, COHORT) as kept:
        assert kept.part(0) == PART


@pytest.mark.parametrize(
    "other",
    [
        {"ledger": "elsewhere"},
        {"positions": {"0": {"facts.v1": 8}}},
        {"positions": {"0": {"facts.v1": 8}}, "signed": "a skip"},
    ],
)
def test_another_ledger_or_position_is_refused(folder: Path, other: dict[str, object]) -> None:
    """Parts of two would be no report of either."""
    stated = msgspec.structs.replace(STATED, **other)
    with WorkingFolder(folder, COHORT) as kept, pytest.raises(UserError, match="ledger"):
        kept.begin(stated)


def test_who_signs_more_begins_the_reading_anew(folder: Path) -> None:
    """What was read counts what they set aside since: it is dropped, and the position stays."""
    signed = msgspec.structs.replace(STATED, signed="a skip")
    with WorkingFolder(folder, COHORT) as kept:
        kept.begin(signed)
        assert kept.part(0) is None
    assert not (folder / "partition-0").exists()
    with WorkingFolder(folder, COHORT) as kept:
        assert kept.stated == signed
        kept.begin(signed)
        kept.keep(0, PART)
        assert kept.part(0) == PART


def test_a_damaged_part_is_read_again(folder: Path) -> None:
    """Any byte of it; so is one of another reading that was put there."""
    file = folder / "partition-0"
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with WorkingFolder(folder, COHORT) as kept:
            assert kept.part(0) is None
    elsewhere = folder_beside(folder.parent / "other")
    with WorkingFolder(elsewhere, COHORT) as kept:
        kept.begin(msgspec.structs.replace(STATED, ledger="elsewhere"))
        file.write_bytes(whole)
        (elsewhere / "partition-0").write_bytes(whole)
        assert kept.part(0) is None


def test_a_head_that_cannot_be_read_is_one_line(folder: Path) -> None:
    """It is taken for another report's."""
    (folder / HEAD_FILE).write_text("{}")
    with pytest.raises(UserError, match="remove the folder"):
        WorkingFolder(folder, COHORT)


def test_nobody_else_may_enter(folder: Path) -> None:
    """The folder has the mode 0700 and its files 0600; one that others may enter is not used."""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    folder.chmod(0o750)
    with pytest.raises(UserError, match="0700"):
        WorkingFolder(folder, COHORT)
    link = folder.parent / "link"
    folder.chmod(0o700)
    link.symlink_to(folder)
    with pytest.raises(UserError, match="0700"):
        WorkingFolder(link, COHORT)


def test_one_process_at_a_time(folder: Path) -> None:
    """Two would write over each other."""
    with WorkingFolder(folder, COHORT), pytest.raises(UserError, match="another process"):
        WorkingFolder(folder, COHORT)
