"""Many seeds of one scenario, in as many processes as the caller allows."""

import multiprocessing
import os
import time
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Final, NamedTuple, Protocol

from agents.edges.child_process.tether import begin_in_pool
from agents.errors import UserError
from sim.memory.run import WHOLE, OnProgress, Size, ignore_progress, play
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.summary import RunSummary

_AHEAD: Final = 2
"""Seeds handed to a process before it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is played with each seed.

    Attributes:
        scenario: its name.
        days: how long the hotlines report.
        size: how much of the scenario.
    """

    scenario: str
    days: float
    size: Size = WHOLE

    def run(self, seed: int, on_progress: OnProgress = ignore_progress) -> RunSummary:
        """Play one seed.

        Args:
            seed: which.
            on_progress: is called with the share of the run that is done.
        """
        began_s = time.process_time()
        played = play(SCENARIOS[self.scenario], seed, self.days, self.size, on_progress)
        return RunSummary.of(seed, self.days, played, time.process_time() - began_s)

    def again(self, seed: int) -> str:
        """Return the command that plays a seed again."""
        return self._command(f"--seed {seed}")

    def rest(self, first: int, last: int) -> str:
        """Return the command that plays seeds that are left."""
        return self._command(f"--seeds {first}..{last}")

    def _command(self, seeds: str) -> str:
        said = f"hostwatch simulate --scenario {self.scenario} {seeds} --days {self.days:g}"
        if self.size.rate is not None:
            said += f" --rate {self.size.rate:g}"
        if self.size.hosters is not None:
            said += f" --hosters {self.size.hosters}"
        if self.size.surge is not None and SCENARIOS[self.scenario].surges:
            said += f" --surge {self.size.surge}"
        return said


class Course(Protocol):
    """What is played with each seed: of one scenario, or of all."""

    @property
    def scenario(self) -> str:
        """Its name."""

    def run(self, seed: int, on_progress: OnProgress = ignore_progress) -> RunSummary:
        """Play one seed."""

    def again(self, seed: int) -> str:
        """Return the command that plays a seed again."""

    def rest(self, first: int, last: int) -> str:
        """Return the command that plays seeds that are left."""


class PlayedSeed(NamedTuple):
    """A seed that was played.

    Attributes:
        result: what it came to; None = its run ended in an error.
        error: its kind.
    """

    seed: int
    result: RunSummary | None
    error: str = ""


class RunEnded(Exception):
    """A run ended in an error, of the kind that this names."""


def _run(task: Course, seed: int) -> RunSummary:
    """Play one seed in a process of the pool."""
    try:
        return task.run(seed)
    # Whatever ends a run is its seed's alone. An error that cannot be pickled would break the pool
    # and end the other seeds; its kind can be passed on, and nothing is kept silent.
    except Exception as error:
        raise RunEnded(type(error).__name__) from error


def play_all(
    task: Course, seeds: Sequence[int], jobs: int, within_s: float = inf
) -> Generator[PlayedSeed, None, None]:
    """Play seeds in processes of their own and yield them as they end.

    Whoever stops before the last one ends the processes.

    Raises:
        UserError: a process of the pool was ended.

    Args:
        task: what is played.
        seeds: with which seeds.
        jobs: processes.
        within_s: no seed is begun later than this after the start.
    """
    until_s = time.monotonic() + within_s
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, begin_in_pool, (os.getpid(),))
    before = set(multiprocessing.active_children())
    left = iter(seeds)
    running: dict[Future[RunSummary], int] = {}
    try:
        while True:
            room = jobs * _AHEAD - len(running) if time.monotonic() < until_s else 0
            for seed in islice(left, room):
                running[pool.submit(_run, task, seed)] = seed
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                seed, error = running.pop(future), future.exception()
                if error is None:
                    yield PlayedSeed(seed, future.result())
                elif isinstance(error, RunEnded):
                    yield PlayedSeed(seed, None, str(error))
                else:
                    raise error
    except BrokenProcessPool:
        raise UserError(
            "a process that played a seed was ended, for memory perhaps: run the command again"
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        if running:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
