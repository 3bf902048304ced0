"""Lifecycle in memory: folds one partition of the ledger, and orders the looks that are due.

What it folds, orders and wakes for is the product's own code. States, the position and nothing
else stand in one transaction, as in `agents/stages/lifecycle/stage.py`; orders go out behind it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from agents.engine.stage import Received, Send, next_offsets
from agents.stages.cases.case_store import CaseStore
from schemas import codec, topics
from schemas.moments import SECOND_MS, Instant
from schemas.records.case import Position, UrlState, position_key
from sim.memory.broker.owners import Died, Owner
from sim.memory.stages.context import Hands
from streams import lifecycle
from streams.lifecycle.events.fold import Happened
from streams.schedule.orders import Ordered, Orders
from streams.schedule.timing_wheel import Wheel

ROLE: Final = "lifecycle"
LEDGER_TOPICS: Final = tuple(spec.name for spec in topics.LEDGER)
TICK_MS: Final = 20 * SECOND_MS
"""What is due is asked so often; slots are open for 20 min."""

DECODED_MAX: Final = 16_384
"""States of a partition that are kept decoded, some 4 KB each without looks."""

_CODECS: Final[Mapping[str, codec.Codec[Any]]] = {
    topics.REPORTS.name: codec.LEDGER,
    topics.FACTS.name: codec.FACT,
    topics.DECISIONS.name: codec.DECISION,
}


@dataclass(slots=True)
class Lifecycle:
    """Owns the states of one partition.

    Attributes:
        hands: what it works with.
        owner: whose partition it is.
        orders: what is due.
    """

    hands: Hands
    owner: Owner
    orders: Orders
    pooled: bool = False
    _table: CaseStore = field(init=False)
    _epoch: int = 0
    _ticks: set[Instant] = field(default_factory=set)
    _decoded: dict[str, tuple[bytes, UrlState]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._table = CaseStore(wheel=_Alarm(self))

    @property
    def _id(self) -> str:
        return f"{ROLE}-{self.owner.partition}"

    def recover(self) -> Mapping[str, int] | None:
        """Fence the earlier owner, load the table, go on where its position says."""
        broker, partition = self.hands.broker, self.owner.partition
        self._epoch = broker.begin(self._id)
        log = broker.log(topics.CASES.name, partition)
        self._table.hold([(record.key, record.value) for record in log.records], log.end)
        self._table.resume(partition)
        return self._table.offsets

    def begin(self) -> None:
        """Ask every URL once."""
        if self._table.offsets:
            self.owner.work(self._ask(iter(self._table.next_unasked, None)))

    def handle(self, records: Sequence[Received]) -> Iterator[None]:
        """Fold a list, write its states and the position as one, then send its orders."""
        table, now = self._table, self.hands.agenda.now
        happened: defaultdict[str, list[Happened]] = defaultdict(list)
        for record in records:
            event = _CODECS[record.topic].decode(record.value), record.appended_at
            happened[record.key.decode()].append(event)
        folded: dict[str, bytes] = {}
        sends: list[Send] = []
        for key, events in happened.items():
            after = lifecycle.refold(key, table.record(key), events)
            folded[key] = after.record_value
            if after.state is not None and now < self.hands.until:
                sends += _sends(self.orders.due(table.wheel, after.state, now))
        yield
        yield from self._write(folded, next_offsets(records))
        yield from self.hands.write(sends)

    def _write(self, folded: Mapping[str, bytes], offsets: Mapping[str, int]) -> Iterator[None]:
        table, broker = self._table, self.hands.broker
        after = {**table.offsets, **offsets}
        position = Position(
            partition=self.owner.partition,
            offsets=after,
            as_of=max(table.as_of, self.hands.agenda.now),
            code="memory",
            method=lifecycle.METHOD_VERSION,
        )
        pairs = [(key.encode(), value) for key, value in folded.items()]
        pairs.append((position_key(self.owner.partition), codec.POSITION.encode(position)))
        partition = self.owner.partition
        broker.put(
            self._id,
            self._epoch,
            [Send(topics.CASES.name, key, value, partition=partition) for key, value in pairs],
        )
        yield
        if self.hands.faults.loses():
            broker.abort(self._id)
            raise Died
        broker.end(self._id, self._epoch)
        yield
        table.hold(pairs)
        for key in folded:
            self._decoded.pop(key, None)
        table.offsets, table.as_of = after, position.as_of

    def _ask(self, keys: Iterator[str]) -> Iterator[None]:
        now = self.hands.agenda.now
        if now >= self.hands.until:
            return
        for key in keys:
            state = self._held(key)
            if state is not None:
                due = self.orders.due(self._table.wheel, state, now)
                yield from self.hands.write(_sends(due))

    def _held(self, key: str) -> UrlState | None:
        """Return the state of a URL; None = there is none.

        In a burst nearly all that are asked are as they were when they were asked before.
        """
        record = self._table.record(key)
        known = self._decoded.get(key)
        if known is not None and known[0] is record:
            return known[1]
        state = self._table.held(key)
        if record is not None and state is not None:
            if len(self._decoded) >= DECODED_MAX:
                self._decoded.clear()
            self._decoded[key] = record, state
        return state

    def plan(self, at: Instant) -> None:
        """Look at the wheel at an instant, or a little later."""
        tick_at = -(-max(at, self.hands.agenda.now + 1) // TICK_MS) * TICK_MS
        if tick_at not in self._ticks:
            self._ticks.add(tick_at)
            self.owner.later(tick_at, self._tick, tick_at)

    def _tick(self, tick_at: Instant) -> None:
        self._ticks.discard(tick_at)
        due = partial(self._table.wheel.next_due, self.hands.agenda.now)
        self.owner.work(self._ask(iter(due, None)))


class _Alarm(Wheel):
    """A wheel that says when somebody has to look at it."""

    def __init__(self, stage: Lifecycle) -> None:
        super().__init__()
        self._stage = stage

    def ask(self, url_key: str, at: Instant) -> None:
        super().ask(url_key, at)
        self._stage.plan(at)


def _sends(orders: Sequence[Ordered]) -> list[Send]:
    return [Send(*one) for one in orders]
