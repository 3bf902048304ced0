"""A world of few hosters in which nothing goes wrong, for tests that break something on purpose."""

from sim.memory.run import PlayedRun, play
from sim.memory.scenarios.catalogue import CALM, Scenario
from sim.world.hosters import ALL

FEW = ("amber", "heath", "kelp", "larch", "thorn", "yarrow")
HOSTERS = tuple(hoster for hoster in ALL if hoster.id in FEW)
CALM_WORLD = Scenario(says="few hosters, and nothing goes wrong", hosters=HOSTERS, fault_rates=CALM)
DAYS = 0.3


def played(days: float = DAYS, seed: int = 3) -> PlayedRun:
    """Play it in memory."""
    return play(CALM_WORLD, seed, days)
