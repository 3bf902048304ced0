"""The scenarios of the in-memory run: who takes part, and what goes wrong on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from schemas.registry import Registry
from sim.hosters import ALL, SimHoster, registry
from sim.memory.faults import Weather
from sim.world import Plan

CALM: Final = Weather()
STORM: Final = Weather(
    late=0.02,
    twice=0.03,
    missed=0.02,
    lost=0.005,
    reordered=0.1,
    crash_h=9.0,
    pause_h=9.0,
    rebalance_h=6.0,
)
"""In every group of owners one dies two to three times a day, one stands still as often, a
partition goes to another owner every six hours, and a record in thirty comes twice."""

_DOMINANT: Final = "fjord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world and its weather.

    Attributes:
        says: what it should show, in words.
        hosters: who takes part.
        weather: what goes wrong.
    """

    says: str
    hosters: Sequence[SimHoster] = ALL
    weather: Weather = CALM

    def plan(self, seed: int, port: int) -> Plan:
        """Return what its world is made from."""
        return Plan(seed=seed, port=port, hosters=self.hosters)

    def registry(self) -> list[Registry]:
        """Return the operator's registry of its world."""
        return registry(self.hosters)


def _dominant() -> Sequence[SimHoster]:
    """Return the hosters with one that has 94 % of what is reported."""
    others = sum(hoster.weight for hoster in ALL if hoster.id != _DOMINANT)
    weight = others * 0.94 / 0.06
    return tuple(replace(h, weight=weight) if h.id == _DOMINANT else h for h in ALL)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "calm": Scenario(says="every kind of hoster, and nothing goes wrong: by the timetable"),
    "storm": Scenario(
        says="the same, late, twice, missed and with owners that die: as right, if wider",
        weather=STORM,
    ),
    "dominant": Scenario(
        says="one split hoster with 94 % of the reports: the others' figures stay theirs",
        hosters=_dominant(),
        weather=STORM,
    ),
}
"""By name, as the command line has them."""
