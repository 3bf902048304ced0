"""Waiting for something to become true, with a deadline that only a fault reaches."""

import time
from collections.abc import Callable

DEADLINE_S = 180.0


def until(true: Callable[[], bool]) -> bool:
    """Return True as soon as it is; False after three minutes."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
