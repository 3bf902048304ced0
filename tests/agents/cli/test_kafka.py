"""The commands of the local broker: it outlives the command that started it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import fork_server
import pytest

HOSTWATCH = [sys.executable, "-c", "from agents.cli import main; main()"]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)


def started_anew(folder: Path, *arguments: str) -> str:
    """Run a command as a person does, and return what it printed."""
    done = subprocess.run(
        [*HOSTWATCH, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def hostwatch(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command in a forked process; return its exit code and what it printed."""
    process = await fork_server.start(arguments, folder, os.environ)
    assert process.stdout is not None
    said = await process.stdout.read()
    return await process.wait(), said.decode()


async def test_kafka_outlives_the_command_that_started_it(tmp_path: Path) -> None:
    """start, status, topics and stop find one broker from separate commands; kill -9 is seen."""
    assert (await hostwatch(tmp_path, "kafka", "status"))[0] == 1
    address = started_anew(tmp_path, "kafka", "start").split()[2]
    try:
        status = await hostwatch(tmp_path, "kafka", "status")
        assert address in status[1]
        as_json = await hostwatch(tmp_path, "kafka", "status", "--json", "-")
        process = int(status[1].split()[-1].rstrip(")"))
        running = {"named": False, "running": True, "answers": True}
        assert json.loads(as_json[1]) == {**running, "bootstrap": address, "process": process}
        assert address in (await hostwatch(tmp_path, "kafka", "start"))[1]  # no second one
        assert (await hostwatch(tmp_path, "topics", "plan", "--hotline", "north"))[0] == 1
        os.kill(process, signal.SIGKILL)
        assert started_anew(tmp_path, "kafka", "start").startswith("started at")
    finally:
        _, stopped = await hostwatch(tmp_path, "kafka", "stop")
    assert stopped.strip() == "stopped"
    assert (await hostwatch(tmp_path, "kafka", "stop"))[1].strip() == "not running"
    assert (await hostwatch(tmp_path, "topics", "plan"))[0] == 2
