"""Seeds whose runs end as no run should, in processes of a pool: they import it from here."""

import os

from sim.memory.run import OnProgress, ignore_progress
from sim.memory.summary import RunSummary

NOT_PASSED_ON = 2
KILLED = 3


class NotPassedOnError(Exception):
    """An error that no process can be given by another: it is made from less than it takes."""

    def __init__(self, one: int, other: int) -> None:
        """Keep neither."""
        super().__init__(one + other)


class EndingRuns:
    """A course of which each run ends in an error, and one with its process."""

    scenario = "ending"

    def run(self, seed: int, on_progress: OnProgress = ignore_progress) -> RunSummary:
        """End."""
        if seed == KILLED:
            os._exit(9)
        raise NotPassedOnError(1, 2) if seed == NOT_PASSED_ON else ZeroDivisionError

    def again(self, seed: int) -> str:
        """Return nothing of use."""
        return str(seed)

    def rest(self, first: int, last: int) -> str:
        """Return nothing of use."""
        return f"{first} {last}"
