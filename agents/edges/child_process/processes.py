"""Processes named so that a signal can never reach another one.

A pid is reused; a pid with its start time is not (proc(5), /proc/<pid>/stat field 22). Signals go
through a pidfd taken before the identity is checked, so no reuse can fall in between.
"""

import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

_STATE_FIELD = 0  # counted behind the command's closing parenthesis
_START_FIELD = 19
_ENDED = frozenset({"Z", "X"})  # a zombie is not running, though its pid is still taken


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A process, for ever.

    Attributes:
        pid: its number.
        started_ticks: when it started, in clock ticks since boot.
    """

    pid: int
    started_ticks: int


def identify(pid: int) -> ProcessId | None:
    """Return the identity of the running process of that number, None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    if fields[_STATE_FIELD] in _ENDED:
        return None
    return ProcessId(pid, int(fields[_START_FIELD]))


def alive(process: ProcessId) -> bool:
    """Return whether this very process is still running."""
    return identify(process.pid) == process


def end(process: ProcessId, grace_s: float) -> bool:
    """Ask the process to end, wait, and kill it if it does not; return whether it was running.

    Args:
        process: who; another process under the same number is left alone.
        grace_s: seconds between SIGTERM and SIGKILL; 0 kills at once.
    """
    try:
        handle = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return False
    try:
        if not alive(process):
            return False
        if grace_s > 0:
            _signal(handle, signal.SIGTERM)
            if _ended(handle, grace_s):
                return True
        _signal(handle, signal.SIGKILL)
        _ended(handle, _KILL_DEADLINE_S)
        return True
    finally:
        os.close(handle)


_KILL_DEADLINE_S = 10.0
"""The kernel ends a killed process at once, but for one in uninterruptible disk waits."""


def _signal(handle: int, number: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:  # it ended by itself meanwhile
        return


def _ended(handle: int, deadline_s: float) -> bool:
    poller = select.poll()  # a pidfd is readable once the process has ended (pidfd_open(2))
    poller.register(handle, select.POLLIN)
    return bool(poller.poll(deadline_s * 1_000))
