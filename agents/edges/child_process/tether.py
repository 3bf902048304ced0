"""Ties a child process to its parent: the child dies when the parent does, even by SIGKILL.

The file runs as a small program of its own, `python -I -S tether.py PARENT COMMAND...`. It asks the
kernel for the death signal and then becomes the command. So nothing has to happen between fork and
exec of a process with threads. The signal is sent when the *thread* that started the child ends
(prctl(2), PR_SET_PDEATHSIG), so children are started from a thread that lives as long as they
should: the main thread or the event loop's.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tethered(command: list[str]) -> list[str]:
    """Return the command that runs `command` as a child which dies with this process."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def die_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends; leave if the parent is gone already.

    Args:
        parent: its process id.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux only; elsewhere children outlive
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before the signal was asked for
        sys.exit(1)


def begin_in_pool(parent: int) -> None:
    """Begin a process of a pool: it dies with its parent, and leaves Ctrl-C to it.

    Args:
        parent: its process id.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(parent)


def _become(parent: int, command: list[str]) -> None:
    die_with(parent)
    os.execvp(command[0], command)  # noqa: S606 - becoming the given command is the purpose


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
