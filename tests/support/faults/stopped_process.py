"""A process that stands still: SIGSTOP, once all of its threads have stopped."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waiting import until

STOPPED = ("T", "t", "Z", "X")


def stop_all_threads(pid: int) -> None:
    """Send SIGSTOP to a process, and wait until none of its threads runs.

    One thread takes the signal and stops the others. On a busy machine that takes a while, in which
    a broker answers on (signal(7), proc_pid_stat(5)).
    """
    os.kill(pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{pid}/task")
    assert until(lambda: all(_state(task) in STOPPED for task in tasks.iterdir()))


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Let a process stand still, and go on afterwards."""
    try:
        stop_all_threads(pid)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # a thread that ended
        return "X"
