"""What may not hang ends its process in time, whatever the loop and its tasks do."""

import asyncio
import subprocess
import sys
import threading

from agents.engine.deadlines import within
from agents.engine.failures import EXIT_CRASHED

STUCK = """
import asyncio, time
from agents.engine.deadlines import within
async def main():
    with within(0.2, "role", "its start"):
        {hang}
asyncio.run(main())
"""


def ends(hang: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", STUCK.format(hang=hang)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wait_for_ever_ends_the_process():
    """And it says what took too long."""
    ended = ends("await asyncio.Event().wait()")
    assert ended.returncode == EXIT_CRASHED
    assert "role stopped on Overdue (its start took more than 0 s)" in ended.stderr + ended.stdout


def test_a_loop_that_stands_still_ends_the_process():
    """A timer of the loop would never come."""
    assert ends("time.sleep(600)").returncode == EXIT_CRASHED


async def test_what_ends_in_time_goes_on():
    """The timer's thread ends with the block."""
    crashes: list[str] = []
    before = set(threading.enumerate())
    with within(600.0, "role", "it", lambda where, _: crashes.append(where)):
        (timer,) = set(threading.enumerate()) - before
        await asyncio.sleep(0)
    await asyncio.to_thread(timer.join, 60)
    assert not timer.is_alive()
    assert crashes == []
