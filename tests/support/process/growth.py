"""What work costs grows as its amount does.

The law is about growth and not about speed, so it holds on any machine: `TIMES` times the amount
may cost three times as much as that, where comparing each with each costs `TIMES` squared.
"""

import gc
import time
from collections.abc import Callable

import pytest

TIMES = 8
GROWTH_MAX = 3 * TIMES
TRIES = 3
"""A machine that is busy with something else while the larger amount is worked on may do so again;
what is squared fails each try."""

LEAST_S = 0.001
"""What takes less time counts as this long: the clock is too coarse for it."""


def check_growth(prepared: Callable[[int], Callable[[], object]], few: int) -> None:
    """Work on a few and on `TIMES` times as many, and again where those took too long.

    Args:
        prepared: returns the work on so many, with what it needs already made.
        few: the smaller amount.
    """
    growth = []
    for _ in range(TRIES):
        few_s = max(_spent_s(prepared(few)), LEAST_S)
        growth.append(_spent_s(prepared(TIMES * few)) / few_s)
        if growth[-1] <= GROWTH_MAX:
            return
    pytest.fail(f"{TIMES} times as many took {growth} times as long")


def _spent_s(work: Callable[[], object]) -> float:
    """Return this thread's own time, without a collection of what earlier tests hold."""
    gc.disable()
    try:
        begun_s = time.thread_time()
        work()
        return time.thread_time() - begun_s
    finally:
        gc.enable()
