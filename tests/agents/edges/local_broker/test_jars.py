"""The jars: brought once, whole or not at all."""

import os
import stat
import threading
from pathlib import Path

import pytest

from agents.edges.local_broker import jars as module
from agents.edges.local_broker.jars import jars, kafka_version
from agents.edges.local_broker.kafka_server import server_command
from agents.errors import UserError

MAVEN = """#!/bin/sh
echo run >> "{calls}"
for argument in "$@"; do
  case "$argument" in -DoutputDirectory=*) out="${{argument#*=}}" ;; esac
done
mkdir -p "$out"
{then}
"""


THOSE = 'cp "{real}"/*.jar "$out"'
"""What a Maven does that brings what is listed."""


@pytest.fixture(scope="module")
def real() -> Path:
    """The listed jars, as this machine's own Maven brought them."""
    return jars()


@pytest.fixture
def maven(real: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a program named mvn first on the path; returns a function that writes it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    calls = tmp_path / "calls"
    calls.touch()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def write(then: str) -> Path:
        program = programs / "mvn"
        program.write_text(MAVEN.format(calls=calls, then=then.format(real=real)))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return calls

    return write


def test_two_at_once_bring_them_once(maven) -> None:
    """Two that need the jars at the same time run Maven once and get the same whole folder."""
    calls = maven(THOSE)
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(jars())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls.read_text().split() == ["run"]
    assert found[0] == found[1]
    assert (found[0] / f"kafka_2.13-{kafka_version()}.jar").exists()
    assert kafka_version() in found[0].name


@pytest.mark.parametrize("then", ["exit 1", "true"])
def test_half_a_download_leaves_nothing(maven, tmp_path: Path, then: str) -> None:
    """If Maven fails, or brings no Kafka, no folder stands that a later start would trust."""
    maven(then)
    with pytest.raises(UserError, match="Maven could not bring"):
        jars()
    assert [entry.suffix for entry in (tmp_path / "cache" / "hostwatch").iterdir()] == [".lock"]


def test_without_maven_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing Maven is named with its Debian package."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UserError, match="apt-get install maven"):
        jars()


def test_a_download_is_said(maven) -> None:
    """Who waits for a download is told before it begins, and not told when there is none."""
    maven(THOSE)
    said: list[str] = []
    jars(said.append)
    jars(said.append)
    assert len(said) == 1
    assert module.kafka_version() in said[0]


@pytest.mark.parametrize(
    "change",
    [
        'printf x >> "$out/slf4j-api-1.7.36.jar"',
        'rm "$out/slf4j-api-1.7.36.jar"',
        'cp "$out/slf4j-api-1.7.36.jar" "$out/another.jar"',
    ],
    ids=["another", "missing", "more"],
)
def test_other_jars_than_listed_are_not_kept(maven, tmp_path: Path, change: str) -> None:
    """What Maven brought is held against the checked-in list before anything may run it."""
    maven(f"{THOSE}; {change}")
    with pytest.raises(UserError, match=r"jars\.sha256, such as (slf4j-api|another)"):
        jars()
    assert [entry.suffix for entry in (tmp_path / "cache" / "hostwatch").iterdir()] == [".lock"]


def test_jars_that_were_changed_later_are_not_run(maven) -> None:
    """The list is asked again before every start: a cache can be written to."""
    maven(THOSE)
    folder = jars()
    assert "kafka.Kafka" in server_command()
    with (folder / "slf4j-api-1.7.36.jar").open("ab") as jar:
        jar.write(b"x")
    with pytest.raises(UserError, match=rf"slf4j-api.* delete {folder}"):
        server_command()
