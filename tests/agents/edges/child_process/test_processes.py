"""Processes: named for ever, ended for certain, and never the wrong one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from agents.edges.child_process.processes import ProcessId, alive, end, identify

WAITS = "import sys; print(1, flush=True); sys.stdin.read()"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"


@contextmanager
def child(
    program: str = WAITS,
) -> Iterator[ProcessId]:
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is past its set-up
        found = identify(process.pid)
        assert found is not None
        yield found
        process.kill()


def test_a_running_process_is_ended() -> None:
    """SIGTERM is enough for an ordinary process, and its zombie does not count as running."""
    with child() as process:
        assert alive(process)
        assert end(process, 30)
        assert not alive(process)
        assert identify(process.pid) is None


def test_a_deaf_process_is_killed() -> None:
    """A process that ignores SIGTERM is killed when its grace is over."""
    with child(DEAF) as process:
        assert end(process, 0.1)
        assert not alive(process)


def test_another_process_under_the_same_number_is_left_alone() -> None:
    """A pid with another start time is a stranger: no signal reaches it."""
    with child() as process:
        former = ProcessId(process.pid, process.started_ticks - 1)
        assert not alive(former)
        assert not end(former, 0)
        assert alive(process)


def test_a_number_without_a_process_is_nobody() -> None:
    """Ending a process that is gone is no error."""
    with child() as process:
        end(process, 0)
    assert not end(process, 0)
    assert identify(process.pid) is None


def test_the_own_process_is_found_with_one_identity() -> None:
    """The own process is found, twice with the same identity."""
    assert identify(os.getpid()) == identify(os.getpid()) is not None
