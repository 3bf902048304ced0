"""README's "Running it" works as it is typed: its blocks, in their order, in a fresh folder."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from agents.edges.ports import reserved
from sim.demo.children import Child

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh test\n(.*?)^```", re.MULTILINE | re.DOTALL)
STEP_DEADLINE_S = 120.0
POLL_S = 0.2


def blocks() -> list[str]:
    """Return the marked blocks of the section."""
    section = (ROOT / "README.md").read_text().split("\n## Running it\n")[1].split("\n## ")[0]
    return BLOCK.findall(section)


class Terminal:
    """A shell in which one block is typed after the other; the folder it is in is kept."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "hostwatch"
        program.write_text(
            f"#!/bin/sh\nexec {sys.executable} -c 'from agents.cli import main; main()' \"$@\"\n"
        )
        program.chmod(0o755)
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HOSTWATCH_")}
        # the page's own port may be taken on the machine of the tests; nothing else is changed
        ours = {"PATH": f"{programs}:{kept['PATH']}", "HOSTWATCH_WEB__PORT": str(port)}
        self.environment = {**kept, **ours}
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        (self.checkout / "deploy").symlink_to(ROOT / "deploy")
        self.at = self.checkout

    def type(self, block: str) -> str:
        """Run a block and return what it said; a line that fails ends the test."""
        done = subprocess.run(
            ["/bin/sh", "-ec", f"{block}\npwd >{self.folder}/at"],
            cwd=self.at,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=STEP_DEADLINE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.at = Path((self.folder / "at").read_text().strip())
        return done.stdout


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in a fresh checkout; the broker that a block starts is stopped in the end."""
    with reserved(0) as port:
        pass
    terminal = Terminal(tmp_path, port)
    try:
        yield terminal
    finally:
        if (terminal.at / "hostwatch.toml").exists():
            terminal.type("hostwatch --config hostwatch.toml kafka stop || true")


async def answers(address: str, word: str) -> bool:
    """Return whether a page is there and has a word."""
    try:
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return answer.status == 200 and word in await answer.text()
    except aiohttp.ClientError:
        return False


async def test_the_readme_works_as_it_is_typed(terminal: Terminal) -> None:
    """Set up, started, fed and stopped by the lines that stand there; a figure comes of it.

    The record's address is of a range that nobody may be asked at, so that no look goes anywhere.
    """
    set_up, worker, feed, stop = blocks()
    await asyncio.to_thread(terminal.type, set_up)
    run = ["env", "-C", str(terminal.at), *(f"{k}={v}" for k, v in terminal.environment.items())]
    log = terminal.folder / "worker.log"
    child = await Child.start("worker", [*run, "/bin/sh", "-ec", f"exec {worker}"], log)
    page = f"http://127.0.0.1:{terminal.environment['HOSTWATCH_WEB__PORT']}"
    try:
        async with asyncio.timeout(STEP_DEADLINE_S):
            while not await answers(f"{page}/readyz", ""):
                assert child.process.returncode is None, log.read_text()
                await asyncio.sleep(POLL_S)
            await asyncio.to_thread(terminal.type, feed)
            labels = 'hotline="example-hotline",reason="none",result="accepted"'
            accepted = f"hostwatch_intake_records{{{labels}}} 2.0"
            while not await answers(f"{page}/metrics", accepted):
                assert child.process.returncode is None, log.read_text()
                await asyncio.sleep(POLL_S)
        assert await answers(f"{page}/", "unknown")
    finally:
        await child.stop()
    await asyncio.to_thread(terminal.type, stop)
    assert "Traceback" not in log.read_text()
