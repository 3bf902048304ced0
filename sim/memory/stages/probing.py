"""The prober's stage in memory: orders wait for their moment and their turn, then are looked at.

Whose turn it is at a server says the product's rota. As in `agents/stages/probe/stage.py` orders
are settled one by one, a repeated one is dropped while it is remembered, and one whose owner dies
comes again. Who
waits for a turn when the run is over gets none: what is judged is what was known at its end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.engine.stage import Received, Send
from schemas.codec import FACT, ORDER
from schemas.moments import SECOND_MS
from schemas.reasons import ProbeError
from schemas.records.facts import Fact, Facts, Observation
from schemas.records.flow import ProbeOrder
from schemas.topics import FACTS
from sim.memory.broker.owners import Owner
from sim.memory.stages.context import Hands
from sim.memory.stages.prober import Prober
from streams.schedule.politeness import Politeness, hoster_lane
from streams.schedule.priority import want
from streams.schedule.probe_queue import Claim, ProbeQueue

START_MS: Final = 20 * SECOND_MS
"""An order is begun at most so long after its slot or its coming."""

_BACK_OFF: Final = (429, 503)


@dataclass(slots=True)
class _Held:
    order: ProbeOrder
    offset: int
    is_going: bool = False


@dataclass(slots=True)
class Probing:
    """Settles the orders of one partition of a vantage.

    Attributes:
        hands: what it works with.
        owner: whose partition it is.
        prober: looks.
        politeness: books the moments.
    """

    hands: Hands
    owner: Owner
    prober: Prober
    politeness: Politeness
    pooled: bool = True
    _rota: ProbeQueue = field(init=False)
    _topic: str = ""
    _low: int = -1
    _settled: set[int] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)
    _claims: dict[Claim, _Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rota = ProbeQueue(self.politeness)

    def recover(self) -> Mapping[str, int] | None:
        """Nothing is held of a partition."""
        return None

    def begin(self) -> None:
        """Nothing is to be done."""

    def handle(self, records: Sequence[Received]) -> Iterator[None]:
        """Take orders in; each is settled in its time."""
        self._topic = records[0].topic
        if self._low < 0:
            self._low = records[0].offset
        yield
        for record in records:
            held = _Held(ORDER.decode(record.value), record.offset)
            if held.order.order_id in self._known or self.hands.faults.misses():
                self._settle(held)
                continue
            self._known.add(held.order.order_id)
            begins_at = max(self.hands.agenda.now, held.order.not_before)
            begins_at += self.hands.faults.chance.randint(0, START_MS)
            self.owner.later(begins_at, self._ask, held)

    def _settle(self, held: _Held) -> None:
        """Commit up to the lowest order that is not settled; none is missing between two."""
        before = self._low
        self._settled.add(held.offset)
        while self._low in self._settled:
            self._settled.discard(self._low)
            self._low += 1
        if self._low > before:
            self.owner.settled({self._topic: self._low})

    def _ask(self, held: _Held) -> None:
        """Ask for a turn at the server."""
        order, now = held.order, self.hands.agenda.now
        if now > order.not_after or now >= self.hands.until:
            self._settle(held)
            return
        if self._rota.is_hopeless(want(order, (hoster_lane(order.hoster),), now), now):
            self._miss(held)
            return
        lanes = self.prober.lanes(order, now)
        if not lanes:
            self._write(held, list(self.prober.settle(order, now)))
            return
        claim = self._rota.ask(want(order, lanes, now), now)
        self._claims[claim] = held
        self._tell()
        if not held.is_going and claim in self._claims:
            self.owner.later(order.not_after + 1, self._give_up, claim)

    def _tell(self) -> None:
        """Do what follows from turns given and refused."""
        for claim, at in self._rota.news():
            held = self._claims.get(claim)
            if held is None:
                continue
            if at is None:
                del self._claims[claim]
                self._miss(held)
            else:
                held.is_going = True
                self.owner.later(at, self._look, claim)

    def _give_up(self, claim: Claim) -> None:
        held = self._claims.get(claim)
        if held is not None and not held.is_going:
            del self._claims[claim]
            self._rota.leave(claim, self.hands.agenda.now)
            self._miss(held)
            self._tell()

    def _miss(self, held: _Held) -> None:
        """Say that there was no room in time; of what is not in a sample nothing is said."""
        order, now = held.order, self.hands.agenda.now
        if not order.sampled or now >= self.hands.until:
            self._settle(held)
            return
        facts = Facts(error=ProbeError.MISSED_POLITENESS)
        self._write(held, [self.prober.observed(order, facts, (now, now))])

    def _look(self, claim: Claim) -> None:
        held, now = self._claims.pop(claim), self.hands.agenda.now
        if now > held.order.not_after or now >= self.hands.until:
            self._rota.leave(claim, now)
            self._settle(held)
            self._tell()
            return
        facts = list(self.prober.settle(held.order, now))
        done_at = max(fact.done_at for fact in facts if isinstance(fact, Observation))
        self.owner.later(done_at, self._looked, claim, held, facts)

    def _looked(self, claim: Claim, held: _Held, facts: Sequence[Fact]) -> None:
        """End the turn, and write what was seen."""
        now, lanes = self.hands.agenda.now, claim.want.lanes
        for fact in facts:
            if isinstance(fact, Observation):
                self.politeness.charge(lanes, fact.facts.requests)
                if fact.facts.status in _BACK_OFF:
                    wait_s = fact.facts.retry_after_s
                    until = self.politeness.back_off(lanes[-1], now, wait_s)
                    self.owner.later(until + 1, self._wake, lanes[-1])
        self._rota.leave(claim, now)
        self._tell()
        self._write(held, facts)

    def _wake(self, lane: str) -> None:
        self._rota.wake(lane, self.hands.agenda.now)
        self._tell()

    def _write(self, held: _Held, facts: Sequence[Fact]) -> None:
        self.owner.work(self._written(held, facts))

    def _written(self, held: _Held, facts: Sequence[Fact]) -> Iterator[None]:
        yield
        yield from self.hands.write(
            [Send(FACTS.name, fact.url_key.encode(), FACT.encode(fact)) for fact in facts]
        )
        self._settle(held)
