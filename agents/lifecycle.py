"""The lifecycle stage: folds the ledger into `cases.v1` and orders the looks that are due.

It is the only writer of case state and does no I/O but Kafka. States are held as they
stand in the topic: a case that rests costs its bytes, and is read when something happens to it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib import metadata
from itertools import islice
from typing import Any, Final

from agents.casestore import CaseStore, position_key
from agents.clock import Clock
from agents.config import Settings, VantageSettings
from agents.engine.ends import Ends
from agents.engine.failures import crash
from agents.engine.points import Point, passed
from agents.engine.recovery import recover
from agents.engine.stage import Outbox, Received, Send, next_offsets
from agents.engine.store import MemoryStores, Stores
from agents.engine.transactions import Transactions
from schemas import codec, topics
from schemas.case import CaseSummary, Position, UrlState
from schemas.flow import ProbeOrder
from schemas.ids import fraction, order_id
from schemas.moments import DAY_MS, Instant
from schemas.reasons import OPEN, Target
from streams import lifecycle
from streams.lifecycle.fold import Happened
from streams.schedule import Slot, due

ROLE: Final = "lifecycle"

POSITION_EVERY_S = 1.0

TICK_S = 0.02
"""Wall time between looks at the wheel: 20 ms, so that quick time stays within its windows."""

TICK_URLS_MAX = 500
"""URLs worked off in one tick, so that a burst of due slots does not hold up the ledger."""

SLICE_URLS = 200
"""URLs folded before others get the loop: some 10 ms."""

UNASKED_URLS_MAX = 100
"""URLs asked for the first time since a load in one tick: 5,000 a second, so a million are asked
within 200 s and no slot, open for 20 min at least, is missed by that."""

CODE_VERSION = metadata.version("hostwatch")

_CODECS: Final[Mapping[str, codec.Codec[Any]]] = {
    topics.REPORTS.name: codec.LEDGER,
    topics.FACTS.name: codec.FACT,
    topics.DECISIONS.name: codec.DECISION,
}


class Lifecycle:
    """The stage.

    Args:
        settings: broker, clock, vantages.
        outbox: where orders go.
        writer: where states and positions go, with the offsets they hold.
        probing: orders are written; a replay of old reports asks nobody.
        stores: where the tables are kept; whoever hands them in closes them. None = in memory.
    """

    role = ROLE
    topics: Sequence[str] = tuple(spec.name for spec in topics.LEDGER)
    pooled = False
    concurrency = 1

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        writer: Transactions,
        *,
        probing: bool = True,
        stores: Stores | None = None,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._writer = writer
        self._stores: Stores = stores or MemoryStores()
        self._vantages: Sequence[VantageSettings] = settings.vantages if probing else ()
        self._clock: Clock = settings.clock.clock()
        self._tables: dict[int, CaseStore] = {}
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Own partitions and load their tables."""
        await self.recover(partitions, lambda _: None)

    async def recover(self, partitions: frozenset[int], ready: Callable[[int], None]) -> None:
        """Fence the partitions' earlier owners, load the tables, rebuild the wheel."""
        await self._writer.open(partitions)
        tables = {partition: CaseStore(self._stores.open(partition)) for partition in partitions}

        def begin(partition: int) -> None:
            self._tables[partition] = tables.pop(partition)
            self._tables[partition].resume(partition)
            self._start_tasks()
            ready(partition)

        try:
            held = {partition: table.store for partition, table in tables.items()}
            await recover(self._settings, topics.CASES.name, held, begin)
        finally:
            for table in tables.values():  # of partitions that went before they were ready
                table.close()

    def _start_tasks(self) -> None:
        if not self._tasks:
            self._tasks = tuple(
                asyncio.create_task(self._guarded(work))
                for work in (self._order_for_ever, self._say_positions_for_ever)
            )

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop the partitions whole."""
        for partition in partitions:
            table = self._tables.pop(partition, None)
            if table is not None:
                table.close()
        if not self._tables:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._tasks = ()
        await self._writer.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Fold a list of ledger records; states and offsets are committed before it returns."""
        partition = records[0].partition
        table = self._tables[partition]
        happened: dict[str, list[Happened]] = defaultdict(list)
        for record in records:
            event = _CODECS[record.topic].decode(record.value), record.appended_at
            happened[record.key.decode()].append(event)
        encoded: dict[str, bytes] = {}
        orders: list[Send] = []
        for number, (key, events) in enumerate(happened.items(), 1):
            after = lifecycle.refold(key, table.record(key), events)
            encoded[key] = after.record_value
            if self._vantages and after.state is not None:
                orders += self._orders_of(table, after.state, self._clock.now())
            if not number % SLICE_URLS:
                await asyncio.sleep(0)
        passed(Point.FOLDED)
        newest_at = max(record.appended_at for record in records)
        async with table.turn:
            await self._write(partition, table, encoded, next_offsets(records), newest_at)
        await self._outbox.send(orders)
        passed(Point.ORDERS_SENT)

    async def _write(
        self,
        partition: int,
        table: CaseStore,
        encoded: Mapping[str, bytes],
        offsets: Mapping[str, int],
        as_of: Instant,
    ) -> None:
        """Write states, the position and the offsets as one, then hold the states."""
        after = {**table.offsets, **offsets}
        as_of = max(as_of, table.as_of)
        sends = [
            Send(topics.CASES.name, key.encode(), value, partition=partition)
            for key, value in encoded.items()
        ]
        position = Position(
            partition=partition,
            offsets=after,
            as_of=as_of,
            code=CODE_VERSION,
            method=lifecycle.METHOD_VERSION,
        )
        name, said = position_key(partition), codec.POSITION.encode(position)
        sends.append(Send(topics.CASES.name, name, said, partition=partition))
        written = await self._writer.write(partition, sends, offsets)
        table.hold([(send.key, send.value) for send in sends], written.get(topics.CASES.name))
        table.offsets, table.as_of = after, as_of

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            crash(self.role, error)

    async def _order_for_ever(self) -> None:
        while self._vantages:
            await asyncio.sleep(TICK_S)
            await self._order_due()

    async def _order_due(self) -> None:
        now = self._clock.now()
        sends: list[Send] = []
        for table in self._tables.values():
            for key in _asked(table, now):
                state = table.held(key)
                if state is not None:
                    sends += self._orders_of(table, state, now)
        await self._outbox.send(sends)

    def _orders_of(self, table: CaseStore, state: UrlState, now: Instant) -> list[Send]:
        """Return the orders of slots that are open now, and put the URL on the wheel."""
        sends: list[Send] = []
        ask_again: list[Instant] = []
        for case in state.cases:
            after = table.wheel.ordered_until(state.url_key, case.case_id) or now - DAY_MS
            found, following = due(case, after, now)
            for slot in found:
                sends += self._orders(state, case, slot)
            if found:
                table.wheel.order(state.url_key, case.case_id, found[-1].at)
            if following is not None:
                ask_again.append(following)
            elif lifecycle.class_at(case, now) not in OPEN:
                table.wheel.forget(state.url_key, case.case_id)
        if ask_again:
            table.wheel.ask(state.url_key, min(ask_again))
        return sends

    def _names(self) -> tuple[str, ...]:
        return tuple(vantage.id for vantage in self._vantages)

    def _orders(self, state: UrlState, case: CaseSummary, slot: Slot) -> list[Send]:
        address = _last_address(state, case)
        salt = f"{fraction(case.case_id, 'salt', slot.at):.12f}"[2:]
        sends = []
        answered = _answered(state, case, slot)
        for vantage in self._vantages:
            for target in slot.targets:
                if (vantage.id, target) in answered:
                    continue
                order = ProbeOrder(
                    order_id=order_id(case.case_id, slot.at, vantage.id, target),
                    url_key=state.url_key,
                    case_id=case.case_id,
                    hoster=case.hoster,
                    role=case.role,
                    vantage=vantage.id,
                    target=target,
                    slot_at=slot.at,
                    not_before=slot.at,
                    not_after=slot.not_after,
                    asked=self._names(),
                    sealed=state.sealed,
                    address=address,
                    salt=salt,
                )
                topic = topics.PROBES.named(vantage.id)
                sends.append(Send(topic, case.hoster.encode(), codec.ORDER.encode(order)))
        return sends

    async def _say_positions_for_ever(self) -> None:
        async with Ends(self._settings, self.topics) as ends:
            while True:
                await asyncio.sleep(POSITION_EVERY_S)
                await self._say_positions(ends)
                passed(Point.POSITION_WRITTEN)

    async def _say_positions(self, ends: Ends) -> None:
        """Say of each partition that is read to its end that it holds all there is by now.

        The others say so themselves, with each list they write.
        """
        now = self._clock.now()
        found = await ends.of(tuple(self._tables))
        await asyncio.gather(
            *(
                self._say_position(partition, table, found[partition], now)
                for partition, table in self._tables.items()
                if partition in found
            )
        )

    async def _say_position(
        self, partition: int, table: CaseStore, ends: Mapping[str, int], now: Instant
    ) -> None:
        async with table.turn:
            if _read_to(table.offsets, ends):
                await self._write(partition, table, {}, {}, now)


def _asked(table: CaseStore, now: Instant) -> Iterator[str]:
    """Give the URLs that are asked in one tick: what is due, then some that nobody asked yet."""
    yield from islice(iter(lambda: table.wheel.next_due(now), None), TICK_URLS_MAX)
    yield from islice(iter(table.next_unasked, None), UNASKED_URLS_MAX)


def _read_to(offsets: Mapping[str, int], ends: Mapping[str, int]) -> bool:
    return all(offsets.get(topic, 0) >= end for topic, end in ends.items())


def _last_address(state: UrlState, case: CaseSummary) -> str:
    """Return the sealed address the newest attribution gives for a case; empty = none does."""
    for made in reversed(state.attributions):
        for place in (state.placements[i] for i in made.places):
            if place.role is case.role and case.group in (place.group, place.hoster):
                return place.address
    return ""


def _answered(state: UrlState, case: CaseSummary, slot: Slot) -> set[tuple[str, Target]]:
    """Return the vantages and targets of a slot that have a result."""
    return {
        (track.vantage, track.target)
        for track in state.tracks
        if track.hoster == case.hoster and track.role is case.role
        for look in track.looks
        if look.slot_at == slot.at
    }
