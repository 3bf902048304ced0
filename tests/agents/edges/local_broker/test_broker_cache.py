"""A rehearsal of the broker: done once, used by every later start, and never in its way."""

import shutil
import subprocess
from pathlib import Path

import pytest

from agents.edges.local_broker.broker import LocalBroker
from agents.edges.local_broker.broker_cache import rehearse
from agents.edges.local_broker.jars import jars
from agents.edges.local_broker.kafka_server import (
    CHECKPOINT,
    CLASSES,
    check_command,
    configure,
    rehearsed,
    server_command,
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a cache that has the jars and nothing else; return its folder."""
    there = jars()
    cache = tmp_path / "cache" / "hostwatch"
    cache.mkdir(parents=True)
    (cache / there.name).symlink_to(there)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return cache


def _ids(folder: Path) -> set[str]:
    lines = (folder / "log" / "meta.properties").read_text().splitlines()
    return {line for line in lines if line.startswith(("cluster.id", "directory.id"))}


@pytest.mark.usefixtures("machine")
def test_a_start_uses_what_was_rehearsed(tmp_path: Path) -> None:
    """The broker maps the archive of classes, also one that is to run for hours and collects its
    garbage otherwise; a new folder is formatted without Kafka's tool.
    """
    said: list[str] = []
    rehearse(said.append)
    rehearse(said.append)
    assert len(said) == 1
    assert {file.name for file in rehearsed().iterdir()} == {CLASSES, CHECKPOINT}
    assert f"-XX:SharedArchiveFile={rehearsed() / CLASSES}" in server_command()
    with LocalBroker(tmp_path / "one", lasting=True) as broker:
        maps = Path(f"/proc/{broker.process.pid}/maps").read_text()
        assert str(rehearsed() / CLASSES) in maps
    configure(tmp_path / "one", 1, 2)
    (tmp_path / "two").mkdir()
    configure(tmp_path / "two", 1, 2)
    assert not (tmp_path / "two" / "broker.log").exists()  # the tool would have written it
    assert len(_ids(tmp_path / "one") | _ids(tmp_path / "two")) == 4
    half = tmp_path / CLASSES
    half.write_bytes((rehearsed() / CLASSES).read_bytes()[:20_000_000])
    # a machine that mapped half an archive would crash, so each is checked before it is kept
    checks = [check_command(classes) for classes in (rehearsed() / CLASSES, half)]
    codes = [subprocess.run(one, capture_output=True, check=False).returncode for one in checks]
    assert codes[0] == 0
    assert codes[1] != 0


@pytest.mark.usefixtures("machine")
def test_java_of_another_build_is_rehearsed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive is of one virtual machine: another program named java has another folder."""
    before = rehearsed()
    found = shutil.which("java")
    assert found is not None
    program = tmp_path / "java"
    program.write_text(f'#!/bin/sh\nexec {found} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert rehearsed() != before


def test_a_failed_rehearsal_leaves_nothing(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If Java fails, nothing stands that a later start would trust, and nothing is raised."""
    program = tmp_path / "java"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    rehearse()
    assert not rehearsed().exists()
    assert not list(machine.glob("incoming-*"))


def test_a_cache_that_cannot_be_written_is_no_hindrance(machine: Path) -> None:
    """Where nothing can be kept, nothing is, and the start goes on without."""
    (machine / f"{rehearsed().name}.lock").mkdir()
    rehearse()
    assert not rehearsed().exists()


@pytest.mark.usefixtures("machine")
def test_without_a_rehearsal_all_is_as_kafka_does_it(tmp_path: Path) -> None:
    """Formatting is the tool's, and the machine is told of no archive."""
    configure(tmp_path, 1, 2)
    assert len(_ids(tmp_path)) == 2
    assert not any("SharedArchive" in word for word in server_command())
