"""What stopped a stage is noted in a small file that outlives the process."""

from pathlib import Path

import pytest

from agents.engine.consume.failed_attempts import SUSPECTS_MAX, Attempts
from agents.engine.stage import Received


def record(offset: int, topic: str = "reports.v1", partition: int = 0) -> Received:
    return Received(topic, partition, offset, 1, b"key", b"value")


def test_a_stretch_is_suspected_by_the_next_process_too(tmp_path: Path) -> None:
    """Its records, and no others."""
    Attempts(tmp_path, "lifecycle").note("reports.v1", 0, 5, 9)
    found = Attempts(tmp_path, "lifecycle")
    assert [found.is_suspect(record(n)) for n in (4, 5, 9, 10)] == [False, True, True, False]
    assert not found.is_suspect(record(5, "facts.v1"))
    assert not found.is_suspect(record(5, partition=1))
    assert not Attempts(tmp_path, "intake").is_suspect(record(5))


def test_the_one_record_is_counted_as_often_as_it_stops_the_stage(tmp_path: Path) -> None:
    """Found within a stretch that stopped it, it has that one's count."""
    attempts = Attempts(tmp_path, "lifecycle")
    assert attempts.note("reports.v1", 0, 5, 9) == 1
    assert attempts.note("reports.v1", 0, 7, 7) == 2
    assert attempts.note("reports.v1", 0, 7, 7) == 3
    assert not attempts.is_suspect(record(5))


def test_what_was_handled_is_forgotten(tmp_path: Path) -> None:
    """Once its last record was."""
    attempts = Attempts(tmp_path, "lifecycle")
    attempts.note("reports.v1", 0, 5, 9)
    attempts.passed([record(8)])
    assert attempts.is_suspect(record(9))
    attempts.passed([record(9)])
    assert Attempts(tmp_path, "lifecycle").suspects == ()


def test_the_oldest_are_forgotten_beyond_the_limit(tmp_path: Path) -> None:
    """A file that grew without end would fill the disk."""
    attempts = Attempts(tmp_path, "lifecycle")
    for n in range(SUSPECTS_MAX + 3):
        attempts.note("reports.v1", 0, 10 * n, 10 * n)
    assert len(Attempts(tmp_path, "lifecycle").suspects) == SUSPECTS_MAX
    assert not attempts.is_suspect(record(0))


@pytest.mark.parametrize("damage", [b"", b"[", b'[{"topic": 1}]', b"\xff"])
def test_a_damaged_file_is_none(tmp_path: Path, damage: bytes) -> None:
    """The stage begins as if it had never been stopped."""
    file = tmp_path / "attempts" / "lifecycle.json"
    file.parent.mkdir()
    file.write_bytes(damage)
    assert Attempts(tmp_path, "lifecycle").suspects == ()


def test_what_the_disk_refuses_is_held_until_the_process_ends(tmp_path: Path) -> None:
    """And it says so."""
    (tmp_path / "attempts").write_text("in the way")
    attempts = Attempts(tmp_path, "lifecycle")
    attempts.note("reports.v1", 0, 5, 5)
    assert attempts.is_suspect(record(5))
    assert not attempts.lasting


def test_no_key_and_no_value_stands_in_it(tmp_path: Path) -> None:
    """Places and numbers only."""
    Attempts(tmp_path, "lifecycle").note("reports.v1", 0, 5, 9)
    said = (tmp_path / "attempts" / "lifecycle.json").read_text()
    assert "key" not in said
    assert "value" not in said
