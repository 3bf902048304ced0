"""Deadlines that end the process: for what may not hang and cannot be trusted to be cancelled.

A library may pass over a cancel, and a loop that stands still runs no timer. So a thread waits.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agents.engine.failures import Fault, crash


class Overdue(Fault):
    """Something took longer than it may."""


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
    error = Overdue(f"{what} took more than {seconds:.0f} s")
    timer = threading.Timer(seconds, on_crash, (where, error))
    timer.daemon = True  # a process that ends in time does not wait for it
    timer.start()
    return timer


@contextmanager
def within(
    seconds: float,
    where: str,
    what: str,
    on_crash: Callable[[str, BaseException], object] = crash,
) -> Iterator[None]:
    """End the process if the block takes longer; see `end_after`."""
    timer = end_after(seconds, where, what, on_crash)
    try:
        yield
    finally:
        timer.cancel()
