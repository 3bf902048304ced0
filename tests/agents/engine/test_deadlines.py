"""What may not hang ends its process in time, whatever the loop and its tasks do."""

import asyncio
import subprocess
import sys
import threading

from agents.engine import deadlines
from agents.engine.deadlines import (
    hard_deadline,
    report_progress,
    stall_watchdog,
    without_deadlines,
)
from agents.engine.failures import EXIT_CRASHED

STUCK = """
import asyncio, time
from agents.engine.deadlines import hard_deadline
async def main():
    with hard_deadline(0.2, "role", "its start"):
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
    assert (
        "role stopped on StepTimedOut (its start took more than 0 s)" in ended.stderr + ended.stdout
    )


def test_a_loop_that_stands_still_ends_the_process():
    """A timer of the loop would never come."""
    assert ends("time.sleep(600)").returncode == EXIT_CRASHED


async def test_what_ends_in_time_goes_on():
    """The timer's thread ends with the block."""
    crashes: list[str] = []
    before = set(threading.enumerate())
    with hard_deadline(600.0, "role", "it", lambda where, _: crashes.append(where)):
        (timer,) = set(threading.enumerate()) - before
        await asyncio.sleep(0)
    await asyncio.to_thread(timer.join, 60)
    assert not timer.is_alive()
    assert crashes == []


async def test_what_gets_on_may_last_and_what_does_not_is_named(monkeypatch):
    """Each step has its time anew, in threads too; the last one stands in what is said."""
    now_s, told, said = [0.0], threading.Event(), []
    monkeypatch.setattr(deadlines, "monotonic", lambda: now_s[0])

    def on_crash(where: str, error: BaseException) -> None:
        said.append((where, str(error)))
        told.set()

    with stall_watchdog(0.1, "role", "loading", on_crash):
        for step in range(5):
            now_s[0] += 0.09
            await asyncio.to_thread(report_progress, f"step {step}")
        now_s[0] += 0.11
        assert await asyncio.to_thread(told.wait, 60)
    assert said == [("role", "loading did not get on for 0 s, waiting for step 4")]


async def test_nothing_is_watched_outside_and_nothing_once_it_is_over():
    """A step said elsewhere changes nothing, and the thread ends with the block."""
    said: list[str] = []
    report_progress("nobody")
    before = set(threading.enumerate())
    with stall_watchdog(600.0, "role", "loading", lambda where, _: said.append(where)):
        (thread,) = set(threading.enumerate()) - before
    report_progress("nobody")
    await asyncio.to_thread(thread.join, 60)
    assert (thread.is_alive(), said) == (False, [])


def test_a_simulator_is_not_watched():
    """Its time is not the wall's, so that nothing is too late by it; behind it all is as before."""
    threads = threading.active_count()
    late = []
    with without_deadlines():
        with hard_deadline(0, "role", "its start", lambda *of: late.append(of)):
            assert threading.active_count() == threads
        with stall_watchdog(0, "role", "its load", lambda *of: late.append(of)):
            report_progress("nothing")
            assert threading.active_count() == threads
    assert late == []
    with hard_deadline(60, "role", "its start"):
        assert threading.active_count() == threads + 1
