"""Deadlines that end the process: for what may not hang and cannot be trusted to be cancelled.

A library may pass over a cancel, and a loop that stands still runs no timer. So a thread waits.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final

from agents.engine.failures import EngineFailure, crash


class StepTimedOut(EngineFailure):
    """Something took longer than it may."""


_watches: bool = True


@contextmanager
def without_deadlines() -> Iterator[None]:
    """Hold nothing to a deadline meanwhile: a simulator has another time than the wall's."""
    global _watches
    before, _watches = _watches, False
    try:
        yield
    finally:
        _watches = before


def end_after(
    seconds: float,
    where: str,
    what: str,
    on_crash: Callable[[str, BaseException], object] = crash,
) -> threading.Timer:
    """End the process after a time, unless what is returned is cancelled before.

    Args:
        seconds: wall time.
        where: named when the process ends.
        what: takes too long.
        on_crash: ends the process; called in another thread.
    """
    error = StepTimedOut(f"{what} took more than {seconds:.0f} s")
    timer = threading.Timer(seconds, on_crash, (where, error))
    timer.daemon = True  # a process that ends in time does not wait for it
    timer.start()
    return timer


@contextmanager
def hard_deadline(
    seconds: float,
    where: str,
    what: str,
    on_crash: Callable[[str, BaseException], object] = crash,
) -> Iterator[None]:
    """End the process if the block takes longer; see `end_after`."""
    if not _watches:
        yield
        return
    timer = end_after(seconds, where, what, on_crash)
    try:
        yield
    finally:
        timer.cancel()


class StallWatchdog:
    """Ends the process once something does not get on, however long it takes in all.

    Args:
        seconds: of wall time that one step may take.
        where: named when the process ends.
        what: is watched.
        on_crash: ends the process; called in another thread.
    """

    def __init__(
        self,
        seconds: float,
        where: str,
        what: str,
        on_crash: Callable[[str, BaseException], object] = crash,
    ) -> None:
        self._seconds = seconds
        self._where = where
        self._what = what
        self._on_crash = on_crash
        self._over = threading.Event()
        self.step("its beginning")
        threading.Thread(target=self._watch, name=f"{where} watchdog", daemon=True).start()

    def step(self, waits_for: str) -> None:
        """Say that it got on, and what it waits for now; may be called in any thread."""
        self._step = monotonic(), waits_for

    def end(self) -> None:
        """Watch it no longer."""
        self._over.set()

    def _watch(self) -> None:
        while True:
            moved_s, waits_for = self._step
            left_s = moved_s + self._seconds - monotonic()
            if left_s <= 0:
                break
            if self._over.wait(left_s):
                return
        said = f"{self._what} did not get on for {self._seconds:.0f} s, waiting for {waits_for}"
        self._on_crash(self._where, StepTimedOut(said))


_WATCHDOG: Final[ContextVar[StallWatchdog | None]] = ContextVar("watchdog", default=None)


@contextmanager
def stall_watchdog(
    seconds: float,
    where: str,
    what: str,
    on_crash: Callable[[str, BaseException], object] = crash,
) -> Iterator[None]:
    """End the process if the block stalls; see `StallWatchdog`.

    What it calls says `report_progress`.
    """
    if not _watches:
        yield
        return
    watched = StallWatchdog(seconds, where, what, on_crash)
    token = _WATCHDOG.set(watched)
    try:
        yield
    finally:
        _WATCHDOG.reset(token)
        watched.end()


def report_progress(waits_for: str) -> None:
    """Say that whatever is watched here got on; without a watch nothing happens.

    Args:
        waits_for: what comes next, named if it does not come: no host, no key, no text of a record.
    """
    watched = _WATCHDOG.get()
    if watched is not None:
        watched.step(waits_for)
