"""A process that is forked from the server is one of its own, and nothing of it is left behind."""

import asyncio
import os
import signal
from pathlib import Path

import fork_server
import pytest

DEADLINE_S = 60.0
TOLD = """
import os, sys
print(os.getcwd(), sorted(os.environ), sys.argv[1:], os.getsid(0) == os.getpid(), os.getppid())
print("wrong", file=sys.stderr)
raise SystemExit(7)
"""


async def test_it_has_its_own_folder_environment_arguments_and_session(tmp_path: Path) -> None:
    """What it writes comes through one pipe, and its exit code is its own."""
    process = await fork_server.start(["a", "b c"], tmp_path, {"ONLY": "1"}, program=TOLD)
    async with asyncio.timeout(DEADLINE_S):
        assert process.stdout is not None
        said = (await process.stdout.read()).decode()
        assert await process.wait() == process.returncode == 7
    assert f"{tmp_path} ['ONLY'] ['a', 'b c'] True {fork_server.server_pid()}" in said
    assert "wrong" in said


async def test_it_writes_to_a_log(tmp_path: Path) -> None:
    """A command that ends with a mistake says so there."""
    with (tmp_path / "log").open("wb") as log:
        process = await fork_server.start(["topics"], tmp_path, os.environ, log=log.fileno())
        async with asyncio.timeout(DEADLINE_S):
            assert await process.wait() == 2
    assert "Usage: hostwatch topics" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_signal_ends_it(tmp_path: Path, number: signal.Signals) -> None:
    """The code is minus the signal, as of any child; a signal to one that ended is nobody's."""
    process = await fork_server.start([], tmp_path, {}, program="import time; time.sleep(600)")
    assert process.returncode is None
    process.send_signal(number)
    async with asyncio.timeout(DEADLINE_S):
        assert await process.wait() == -number
    process.kill()


async def test_nothing_of_the_product_has_run_before(tmp_path: Path) -> None:
    """It has one thread, and the product's modules are there."""
    program = (
        "import sys, threading; print(threading.active_count(), 'agents.worker' in sys.modules)"
    )
    process = await fork_server.start([], tmp_path, {}, program=program)
    async with asyncio.timeout(DEADLINE_S):
        assert process.stdout is not None
        assert (await process.stdout.read()).split() == [b"1", b"True"]
        assert await process.wait() == 0
