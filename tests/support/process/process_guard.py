"""Names the test that would end the tests' own process, or leaves behind what may end it later.

The product ends its process by `os._exit` when something it needs has ended, or takes too long.
In the process of the tests that would take down whichever test runs then, without a word. Here it
ends the test that did it, and a timer or a thread that outlives its test is said at once.
"""

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import pytest

JOIN_S: Final = 30.0
"""For threads that are about to end; one that serves nobody any more does in milliseconds."""

_FRAMES_MAX: Final = 6

_RUNNERS: Final = ("execnet",)
"""What runs the tests on several cores ends its processes in this way too, and may."""


_LASTING: Final = ("pycares",)
"""Libraries with one thread for the whole process, which is theirs alone and ends nothing."""


class ProcessGuard:
    """Holds `os._exit` back in this process; children that it forks end as ever."""

    def __init__(self) -> None:
        """Hold nothing back yet."""
        self._really = os._exit
        self._process = os.getpid()
        self._asked: list[str] = []

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Hold `os._exit` back for the duration of the block."""
        os._exit = self._exit
        try:
            yield
        finally:
            os._exit = self._really

    def _exit(self, status: int) -> NoReturn:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if os.getpid() != self._process or caller.partition(".")[0] in _RUNNERS:
            self._really(status)
        stack = traceback.format_stack(limit=_FRAMES_MAX)
        self._asked.append(f"it would have ended the process ({status}):\n{''.join(stack)}")
        raise SystemExit(status)  # passes through a loop, as nothing else does

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Fail if the block ended the process, or leaves a timer or a thread behind."""
        self._asked.clear()
        before = set(threading.enumerate())
        yield
        wrong = self._asked[:]
        for thread in set(threading.enumerate()) - before:
            runs = isinstance(thread, threading.Timer) and not thread.finished.is_set()
            if isinstance(thread, threading.Timer):
                thread.cancel()
            elif _module(thread) not in _LASTING:
                thread.join(JOIN_S)
                runs = thread.is_alive()
            if runs:
                wrong.append(_left(thread))
        if wrong:
            pytest.fail("\n".join(wrong), pytrace=False)


def _work(thread: threading.Thread) -> object:
    return getattr(thread, "function", None) or getattr(thread, "_target", None)


def _module(thread: threading.Thread) -> str:
    return str(getattr(_work(thread), "__module__", "")).partition(".")[0]


def _left(thread: threading.Thread) -> str:
    name = getattr(_work(thread), "__qualname__", "?")
    return f"it left {type(thread).__name__} {thread.name} behind, which runs {name}"
