"""One partition of the ledger in memory, and its owner: fold, orders, looks, in virtual time.

What lifecycle folds, orders and wakes for is the product's own code. A list of records and what
follows from it stand together or not at all: an owner that dies in the middle of a list leaves
the orders that it sent and nothing else, and the next one is given the list again.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import itemgetter
from typing import Final

from agents.orders import Orders
from agents.wheel import Wheel
from schemas.case import UrlState
from schemas.codec import ORDER, STATE
from schemas.flow import ProbeOrder
from schemas.moments import SECOND_MS, Instant
from sim.memory.faults import Faults
from sim.memory.prober import Prober
from streams import lifecycle
from streams.lifecycle.fold import Happened

TICK_MS: Final = 20 * SECOND_MS
"""The owner takes what has come and asks what is due so often; slots are open for 20 min."""


def _ledger() -> defaultdict[str, list[Happened]]:
    return defaultdict(list)


@dataclass(slots=True)
class Partition:
    """A partition with its owner.

    Attributes:
        probers: by vantage.
        orders: what is due, as lifecycle finds it.
        faults: what goes wrong.
        records: state of each URL as it stands in `cases.v1`.
        ledger: everything that was written of each URL, in order.
        crashes: how often the owner died.
    """

    probers: Mapping[str, Prober]
    orders: Orders
    faults: Faults
    records: dict[str, bytes] = field(default_factory=dict)
    ledger: defaultdict[str, list[Happened]] = field(default_factory=_ledger)
    crashes: int = 0
    _wheel: Wheel = field(default_factory=Wheel)
    _coming: list[tuple[Instant, int, Happened]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)

    def write(self, happened: Happened) -> None:
        """Append a record to the ledger; it comes when it comes."""
        record, at = happened
        self.ledger[record.url_key].append(happened)
        for comes_at in self.faults.deliveries(at):
            heapq.heappush(self._coming, (comes_at, next(self._number), happened))

    def work(self, from_at: Instant, until: Instant) -> None:
        """Go on from one instant to another."""
        for now in range(from_at, until, TICK_MS):
            came = self._come(now)
            dies = self.faults.crashes(now)
            folded = self._fold(came)
            if not dies:
                self.records.update((key, after.record_value) for key, after in folded.items())
            for after in folded.values():
                if after.state is not None:  # else its cases ask for the same looks as before
                    self._send(after.state, now)
            if dies:
                self._die(came, now)
            while (due := self._wheel.next_due(now)) is not None:
                if due in self.records:
                    self._send(STATE.decode(self.records[due]), now)

    def finish(self) -> None:
        """Take in what is still on its way, and order nothing more."""
        came = [happened for _, _, happened in sorted(self._coming, key=itemgetter(0, 1))]
        self._coming.clear()
        self.records.update((key, after.record_value) for key, after in self._fold(came).items())

    def _come(self, now: Instant) -> list[Happened]:
        came: list[Happened] = []
        while self._coming and self._coming[0][0] <= now:
            came.append(heapq.heappop(self._coming)[2])
        return came

    def _fold(self, came: Sequence[Happened]) -> dict[str, lifecycle.Refolded]:
        by_url: defaultdict[str, list[Happened]] = defaultdict(list)
        for record, at in came:
            by_url[record.url_key].append((record, at))
        return {
            key: lifecycle.refold(key, self.records.get(key), happened)
            for key, happened in by_url.items()
        }

    def _die(self, came: Sequence[Happened], now: Instant) -> None:
        """Let another owner begin: it has the table, no wheel, and the list once more."""
        self.crashes += 1
        self._wheel = Wheel()
        for key in self.records:
            self._wheel.ask(key, now)
        for happened in came:
            heapq.heappush(self._coming, (now, next(self._number), happened))

    def _send(self, state: UrlState, now: Instant) -> None:
        for send in self.orders.due(self._wheel, state, now):
            if send.value is not None:
                self._carry_out(ORDER.decode(send.value), now)

    def _carry_out(self, order: ProbeOrder, now: Instant) -> None:
        begins_at = max(now, order.not_before)
        for at in self.faults.executions(begins_at, order.not_after):
            for fact in self.probers[order.vantage].settle(order, at):
                done_at = getattr(fact, "done_at", at)
                self.write((fact, done_at + SECOND_MS))
