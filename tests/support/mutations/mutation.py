"""What a planted defect is made of: a function put in another's place, and a world to see it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_field
from typing import NamedTuple

from sim.memory.broker.faults import FaultRates
from sim.memory.scenarios.scenario import Scenario
from sim.oracle.findings import OracleFinding
from sim.world.hosters import ALL
from sim.world.hotline_habits import BUSY
from sim.world.world import Tempo

DIFFERENCES = "differences"
"""What is tripped where a run with faults has other figures than one without."""

HARSH = tuple(
    replace_field(habits, bounced=0.2, misdirected=0.2, withdrawn=0.3, shared=0.3)
    for habits in BUSY
)
"""Hotlines with which everything goes wrong often enough for a small world."""


class Patch(NamedTuple):
    """What is replaced by what."""

    target: object
    name: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A planted defect.

    Attributes:
        says: what the product would do wrong.
        trips: any of these findings, or `DIFFERENCES`, has to be there.
        plant: makes the patch of the original.
        hosters: who takes part.
        days: how long the hotlines report in the whole world, which `make soak` plays.
        short: so many days show it with `seed`, which `make test` plays.
        seed: the first that shows it in the short world.
    """

    says: str
    trips: frozenset[str]
    plant: Callable[[], Patch]
    hosters: Sequence[str] = ("amber", "cedar", "heath", "nettle")
    storm: FaultRates | None = None
    busy: bool = False
    days: float = 1.2
    rate: float = 24
    short: float = 0.36
    seed: int = 1

    def world(self) -> Scenario:
        """Return the world in which it shows."""
        return Scenario(
            says=self.says,
            hosters=tuple(hoster for hoster in ALL if hoster.id in self.hosters),
            hotlines=HARSH if self.busy else Scenario(says="").hotlines,
            tempo=Tempo(opens=True, burst_max=3),
            rate=self.rate,
            fault_rates=self.storm or Scenario(says="").fault_rates,
        )


def wrapped(target, name, make):
    """Return the plant that puts in a function's place what is made of it."""
    return lambda: Patch(target, name, make(getattr(target, name)))


def trips(*found):
    """Return the names of findings of which any has to be there."""
    return frozenset(str(one.name if isinstance(one, OracleFinding) else one) for one in found)
