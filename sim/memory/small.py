"""Small worlds: of each scenario one in which what it is about happens, for about a second of CPU.

Many seeds of them find what one large world does not; what a scenario has to show is asked of it in
its whole size (`sim.memory.acceptance.table`).
"""

from collections.abc import Mapping
from typing import Final

from sim.memory.run import OnProgress, Size, ignore_progress
from sim.memory.seeds import Task
from sim.memory.summary import RunSummary

HOSTERS: Final = 5
"""Of some forty: neighbouring seeds share all of them out, so eight seeds have every kind."""

SURGE: Final = 20
"""URLs of a surge, so many that one server has a queue."""

_SIZES: Final[Mapping[str, tuple[float, float]]] = {
    "storm": (0.4, 8),
    "calm": (0.4, 8),
    "hotlines": (0.5, 8),
    "dominant": (0.6, 16),
    "split": (0.6, 16),
    "silent": (1.4, 12),  # silent from day 1 on
    "displacement": (32.0, 0.6),  # shares change on day 30
    "obstructing": (0.6, 16),
    "method": (0.6, 16),
    "burst": (0.8, 6),  # from half a day on, in half a day
    "liar": (0.9, 16),  # it lies from half a day on
    "flood": (1.1, 6),  # from day 1 on, in two hours
}
"""Days and URLs reported a day."""

SMALL: Final[Mapping[str, Task]] = {
    name: Task(scenario=name, days=days, size=Size(hosters=HOSTERS, rate=rate, surge=SURGE))
    for name, (days, rate) in _SIZES.items()
}
"""By scenario."""

STORM: Final = "storm"
_OTHERS: Final = tuple(name for name in SMALL if name != STORM)


class SeedPlan:
    """Seeds dealt out: every other one is a storm's, the rest go round all other scenarios.

    Attributes:
        scenario: what it is called.
    """

    scenario: Final = "all"

    def of(self, seed: int) -> tuple[Task, int]:
        """Return what is played with a seed, and with which seed of its own."""
        turn, place = divmod(seed, 2 * len(_OTHERS))
        rank, is_other = divmod(place, 2)
        if is_other:
            return SMALL[_OTHERS[rank]], turn
        return SMALL[STORM], turn * len(_OTHERS) + rank

    def run(self, seed: int, on_progress: OnProgress = ignore_progress) -> RunSummary:
        """Play one seed; the result has the number that it was dealt out by.

        Args:
            seed: which.
            on_progress: is called with the share of the run that is done.
        """
        task, own = self.of(seed)
        return task.run(own, on_progress).numbered(seed)

    def again(self, seed: int) -> str:
        """Return the command that plays a seed again, as one of its scenario."""
        task, own = self.of(seed)
        return task.again(own)

    def rest(self, first: int, last: int) -> str:
        """Return the command that plays seeds that are left."""
        return f"hostwatch simulate --scenario {self.scenario} --seeds {first}..{last}"
