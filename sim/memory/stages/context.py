"""What every stage in memory works with, and the way it writes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from agents.engine.stage import Send
from schemas.moments import Instant
from sim.memory.broker.broker import Broker
from sim.memory.broker.faults import Faults
from sim.memory.broker.virtual_time import Agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Broker, time and what goes wrong.

    Attributes:
        broker: where records go.
        agenda: virtual time.
        faults: of the stage's group.
        until: nothing is ordered or looked at from then on.
    """

    broker: Broker
    agenda: Agenda
    faults: Faults
    until: Instant

    def write(self, sends: Iterable[Send]) -> Iterator[None]:
        """Write records one by one; an owner may end between any two of them."""
        for send in sends:
            self.broker.write(send)
            later_ms = self.faults.again_ms()
            if later_ms is not None:
                self.agenda.plan(self.agenda.now + later_ms, partial(self.broker.write, send))
            yield
