"""A scenario of the in-memory run: who takes part, what happens, and what it has to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import SECOND_MS
from schemas.records.registry import Registry
from sim.memory.broker.clock import SPEED
from sim.memory.broker.faults import FaultRates
from sim.memory.stages.exchange import MisreadingVantage
from sim.world.hosters import ALL, SimHoster, registry
from sim.world.hotline_habits import PLAIN, HotlineHabits
from sim.world.world import USUAL, Plan, Surge, Tempo

NO_FAULTS: Final = FaultRates()
"""Nothing goes wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world and the faults that are injected into it.

    Attributes:
        says: what it should show, in words; `sim.memory.acceptance.table` has it as checks.
        hosters, hotlines: who takes part.
        tempo, rate, surges: how much is reported (`sim.world.world.Plan`).
        fault_rates: what goes wrong on the way.
        entries: what the operator's registry says beside who is who.
        misreading: vantages that see something else than there is, by id.
        days: how long it has to be to show what it should.
        speed: world seconds in a second of the loop; what lasts for months is polled less often.
    """

    says: str
    hosters: Sequence[SimHoster] = ALL
    hotlines: Sequence[HotlineHabits] = PLAIN
    tempo: Tempo = USUAL
    rate: float | None = None
    surges: Sequence[Surge] = ()
    fault_rates: FaultRates = NO_FAULTS
    entries: Sequence[Registry] = ()
    misreading: Mapping[str, MisreadingVantage] = field(default_factory=dict)
    days: float = 3.0
    speed: float = SPEED

    @property
    def timely(self) -> bool:
        """Whether nothing keeps the monitor from probing by the timetable."""
        late = any(habits.belated for habits in self.hotlines)
        hindered = self.surges or self.entries or self.misreading or late
        return self.fault_rates == NO_FAULTS and not hindered

    def plan(self, seed: int, port: int) -> Plan:
        """Return what its world is made from."""
        return Plan(
            seed=seed,
            port=port,
            hosters=self.hosters,
            hotlines=self.hotlines,
            tempo=self.tempo,
            rate=self.rate,
            surges=self.surges,
        )

    def registry(self) -> list[Registry]:
        """Return the operator's registry of its world."""
        delays = {habits.id: habits.feed_delay_ms // SECOND_MS for habits in self.hotlines}
        return [*registry(self.hosters, delays), *self.entries]
