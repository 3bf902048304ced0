"""Laws of deploy/compose/pin.sh, tried with a program named docker that knows some images."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_file import ROOT, SERVICES

MADE = "docker-compose.override.yml"

DOCKER = """#!/bin/sh
echo "$*" >>"{calls}"
case "$1" in
pull) ;;
image)
  for last in "$@"; do :; done
  [ "$last" = "{without}" ] && exit 0
  echo "elsewhere/mirror@sha256:$(printf other | sha256sum | cut -c1-64)"
  echo "${{last%:*}}@sha256:$(printf %s "$last{salt}" | sha256sum | cut -c1-64)" ;;
*) exit 1 ;;
esac
"""


class Machine:
    """A copy of the files that matter, and a docker of ours first on the path."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "hostwatch"
        shutil.copytree(ROOT / "deploy/compose", self.root / "deploy/compose")
        shutil.copy(ROOT / "deploy/Dockerfile", self.root / "deploy")
        shutil.copy(ROOT / "docker-compose.yml", self.root)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls = folder / "calls"

    def pin(self, *, without: str = "", salt: str = "") -> subprocess.CompletedProcess[str]:
        """Run the script; `without` names an image that has no digest."""
        docker = self.bin / "docker"
        docker.write_text(DOCKER.format(calls=self.calls, without=without, salt=salt))
        docker.chmod(0o755)
        return subprocess.run(
            [self.root / "deploy/compose/pin.sh"],
            env={**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def made(self) -> dict[str, Any]:
        """Return what was written."""
        found: dict[str, Any] = yaml.safe_load((self.root / MADE).read_text())
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is pinned."""
    return Machine(tmp_path)


def test_every_service_is_pinned(machine: Machine) -> None:
    """Images are named with their repository's digest; what is built here, its base."""
    done = machine.pin()
    assert done.returncode == 0, done.stderr
    services = machine.made()["services"]
    assert set(services) == set(SERVICES)
    for name, pinned in services.items():
        text = pinned["image"] if "image" in pinned else pinned["build"]["args"]["PYTHON"]
        assert re.search(r"^[^@]+:[^@:]+@sha256:[0-9a-f]{64}$", text), name
        assert ("build" in pinned) is ("build" in SERVICES[name])
        if "image" in pinned:
            assert text.startswith(f"{SERVICES[name]['image']}@")
    assert "python:3.12-slim" in machine.calls.read_text()


def test_a_tag_that_moved_is_told(machine: Machine) -> None:
    """Run again it changes nothing; where a tag means another image now, it says which."""
    machine.pin()
    again = machine.pin()
    assert (again.returncode, "changed" in again.stderr) == (0, False)
    moved = machine.pin(salt="moved")
    assert moved.returncode == 0
    assert "changed" in moved.stderr
    assert "grafana/grafana" in moved.stdout


def test_an_image_without_a_digest_is_not_pinned(machine: Machine) -> None:
    """Half a list would look like a whole one: nothing is written."""
    done = machine.pin(without=SERVICES["grafana"]["image"])
    assert done.returncode != 0
    assert "grafana/grafana" in done.stderr
    assert not list(machine.root.glob(f"{MADE}*"))


def test_a_file_of_the_operator_s_own_stays(machine: Machine) -> None:
    """Compose reads that file by itself, so it may be somebody's already."""
    (machine.root / MADE).write_text("services: {}\n")
    done = machine.pin()
    assert done.returncode == 1
    assert (machine.root / MADE).read_text() == "services: {}\n"
