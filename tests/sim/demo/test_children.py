"""A child of the demo: it has no settings but its file's, it talks, and its end is noticed."""

import asyncio
import sys

import pytest

from agents.errors import UserError
from sim.demo.children import Child

ECHO = (
    sys.executable,
    "-c",
    "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)",
)
SETTINGS = (sys.executable, "-c", "import os; print(*(n for n in os.environ if 'WATCH_' in n))")
ENDS = (sys.executable, "-c", "import sys; sys.exit('no more')")


async def test_a_child_that_talks_answers_line_by_line_and_is_ended(tmp_path):
    """Each line has its answer; an orderly end comes at once and may be asked for twice."""
    child = await Child.start("echo", ECHO, tmp_path / "log", talks=True)
    for line in (b"one\n", b"two\n"):
        await child.tell(line)
        assert await child.heard() == line.upper()
    await child.stop()
    await child.stop()
    assert child.process.returncode is not None
    assert await child.heard() == b""


async def test_what_is_told_to_a_child_that_ended_is_an_error_with_its_log(tmp_path):
    """The user is told which child it was and where it wrote."""
    child = await Child.start("servers", ENDS, tmp_path / "said.log", talks=True)
    await child.process.wait()
    with pytest.raises(UserError, match=r"servers ended by itself: see .*said\.log"):
        await child.tell(b"begin\n" * 100_000)  # more than a pipe takes in


async def test_a_child_without_a_pipe_cannot_be_told_anything(tmp_path):
    """It has no input; that is told as if it had ended."""
    child = await Child.start("worker", ENDS, tmp_path / "log")
    with pytest.raises(UserError, match="worker ended by itself"):
        await child.tell(b"begin\n")
    assert await child.heard() == b""
    await child.stop()


async def test_a_child_that_ends_by_itself_is_an_error_with_its_code(tmp_path):
    """Its standard error stands in the log that the message names."""
    log = tmp_path / "said.log"
    child = await Child.start("servers", ENDS, log)
    with pytest.raises(UserError, match=r"servers ended by itself with code 1: see .*said\.log"):
        await asyncio.wait_for(child.ended(), 60)
    assert log.read_text().strip() == "no more"


async def test_a_child_reads_no_setting_of_ours(tmp_path, monkeypatch):
    """What stands in HOSTWATCH_ variables is for the demo; the child has its own file."""
    monkeypatch.setenv("HOSTWATCH_STATE_DIR", "elsewhere")
    monkeypatch.setenv("OTHER_WATCH_DIR", "here")
    log = tmp_path / "log"
    child = await Child.start("worker", SETTINGS, log)
    await asyncio.wait_for(child.process.wait(), 60)
    assert log.read_text().split() == ["OTHER_WATCH_DIR"]
