"""What holds for every process of ours before it does anything: it leaves nothing of what it holds.

No core dump, no word of an exception that nobody caught, no warning's text. Memory holds addresses,
keys and passwords; texts of exceptions hold what could not be parsed.
"""

import ctypes
import os
import resource
import sys
import threading
import warnings
from types import TracebackType
from typing import Final, TextIO

from agents.config import LogSettings
from agents.process.library_log import frames_of
from agents.process.log import configure, log

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
_UMASK: Final = 0o077
"""What a process of ours makes is its user's alone: state, exports, the local broker's files."""

_PROCESS: Final = "process"


def harden() -> None:
    """Leave no core dumps, no files that others may read, and of errors and warnings their types.

    A process that configures its log afterwards keeps this. `faulthandler`, if asked for, writes
    files and lines only.
    """
    no_core_dumps()
    os.umask(_UMASK)
    configure(LogSettings(level="warning"))
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned


def no_core_dumps() -> None:
    """Have the kernel write no core file of this process or its children, nor pipe one away.

    A limit of 0 holds for files and for children. Where the kernel pipes cores to a collector
    (core(5)) it does not hold, and a process that is not dumpable does (prctl(2)).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux only
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def report(what: str, error: BaseException | None) -> None:
    """Say that something failed, by the type of its error and the lines it passed.

    Args:
        what: a fixed text.
        error: what failed.
    """
    trace = error.__traceback__ if error is not None else None
    name = type(error).__name__ if error is not None else ""
    log(_PROCESS).error(what, error=name, frames=frames_of(trace))


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log(_PROCESS).error("stopped on an error", error=kind.__name__, frames=frames_of(trace))
    del error  # its text may hold data


def _uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
    if not issubclass(failed.exc_type, SystemExit):
        log(_PROCESS).error(
            "a thread stopped on an error",
            error=failed.exc_type.__name__,
            frames=frames_of(failed.exc_traceback),
        )


def _unraisable(failed: "sys.UnraisableHookArgs") -> None:
    log(_PROCESS).error(
        "an error that could not be raised",
        error=failed.exc_type.__name__,
        frames=frames_of(failed.exc_traceback),
    )


def _warned(  # noqa: PLR0917 - as warnings calls it
    message: Warning | str,  # noqa: ARG001 - its text may hold data
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - the log has one place
    line: str | None = None,  # noqa: ARG001 - a line of source may hold data
) -> None:
    log(_PROCESS).warning("a warning", error=category.__name__, where=f"{filename}:{lineno}")
