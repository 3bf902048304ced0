"""The lifecycle stage: folds the ledger into `cases.v1` and orders the probes that are due.

It is the only writer of case state and does no I/O but Kafka. States are held as they
stand in the topic: a case that rests costs its bytes, and is read when something happens to it.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from agents.clock import Clock
from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.failures import Fenced
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.ownership import OWNERSHIP, TableSize
from agents.engine.read.brokers import ends_of
from agents.engine.read.recovery import opened, recover
from agents.engine.slices import Slices
from agents.engine.stage import OnLost, OnReady, Outbox, Received, Send, Writer, next_offsets
from agents.engine.state.store import MemoryStores, Stores
from agents.engine.supervision import Supervisor
from agents.process.clock_check import APART_MAX_MS
from agents.stages.cases import folding
from agents.stages.cases.case_store import CaseStore, position_pair
from agents.stages.cases.ledger_filter import LedgerFilter
from agents.stages.cases.record_ends import RecordEnds
from agents.stages.lifecycle.renewal import is_current, renew
from agents.stages.schedule.due_probes import DueProbes
from schemas import topics
from schemas.codec import Rejected
from schemas.moments import Instant
from streams.lifecycle import FoldResult
from streams.schedule.orders import Orders

ROLE: Final = "lifecycle"

POSITION_EVERY_S = 1.0

REST_S = 5.0
"""Idle partitions write a position at most every 5 s of the world's time: one a second took 1.8 GB
a week, and after 15 s it would be stale."""


class LifecycleStage:
    """The stage.

    Attributes:
        results: records folded since the start by what they told; one delivered again counts again.

    Args:
        settings: broker, clock, vantages.
        outbox: where orders go.
        writer: where states and positions go, with the offsets they hold.
        probing: orders are written; a replay of old reports asks nobody.
        stores: where the tables are kept; whoever hands them in closes them. None = in memory.
        ledger_filter: which decisions take effect and what is set aside; None = all do, nothing is.
        clock: tells up to when the ledger was read and which probes are due, so it has to be the
            broker's (`BrokerClock`); None = the machine's.
    """

    role = ROLE
    topics: Sequence[str] = tuple(spec.name for spec in topics.LEDGER)
    pooled = False
    concurrency = 1
    pairing = folding.PAIRING

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        writer: Writer,
        *,
        probing: bool = True,
        stores: Stores | None = None,
        clock: Clock | None = None,
        ledger_filter: LedgerFilter | None = None,
    ) -> None:
        self.results: Counter[FoldResult] = Counter()
        self._settings = settings
        self._outbox = outbox
        self._writer = writer
        self._stores: Stores = stores or MemoryStores()
        self._orders = Orders(settings.vantages, settings.probe) if probing else None
        self._clock: Clock = clock or settings.clock.clock()
        self._ledger_filter = ledger_filter or LedgerFilter()
        self._tables: dict[int, CaseStore] = {}
        self._renewing = asyncio.Lock()
        self._due = DueProbes(settings, self._tables, self._ledger_filter)
        self._tasks: tuple[Supervisor, ...] = ()
        self._lost: OnLost = lambda _: None

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Own partitions and load their tables."""
        await self.recover(partitions, lambda *_: None, lambda _: None)

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Fence the partitions' earlier owners, load the tables, make the wheel anew."""
        self._lost = lost
        await self._writer.open(partitions)
        stores = await opened(self._stores, partitions)
        tables = {partition: CaseStore(store) for partition, store in stores.items()}

        renewals: list[asyncio.Task[None]] = []

        def begin(partition: int) -> None:
            table = tables.pop(partition)
            until = self._clock.now() + self._clock.world_ms(APART_MAX_MS / 1_000)
            try:
                table.resume(partition, until)
                sound = True
            except Rejected:
                sound = False
            if sound and is_current(self._ledger_filter, partition, table):
                self._start_partition(partition, table, ready)
            else:
                again = self._renew(sound, partition, table, ready)
                renewals.append(asyncio.create_task(again))

        try:
            left = partial(OWNERSHIP.loading, self.role)
            await recover(self._settings, topics.CASES.name, stores, begin, left)
            report_progress("states that are refolded")
            await asyncio.gather(*renewals)
        finally:
            for task in renewals:
                task.cancel()
            await asyncio.gather(*renewals, return_exceptions=True)
            for table in tables.values():  # of partitions that went before they were ready
                table.close()

    def _start_partition(self, partition: int, table: CaseStore, ready: OnReady) -> None:
        table.skips = self._ledger_filter.skips_after(table, partition)
        self._tables[partition] = table
        self._start_tasks()
        ready(partition, table.offsets)

    async def _renew(self, sound: bool, partition: int, table: CaseStore, ready: OnReady) -> None:
        async def write(values: Mapping[bytes, bytes | None]) -> None:
            async with table.lock:
                await self._write(partition, table, values, {}, table.as_of)

        loaded = partition, table
        try:
            async with self._renewing:  # a partition's states lie in memory once more meanwhile
                rules = self._ledger_filter
                await renew(self._settings, loaded, rules, write, sound=sound)
        except BaseException:  # a cancelled renewal too leaves no store open
            table.close()
            raise
        self._start_partition(partition, table, ready)

    def _start_tasks(self) -> None:
        if not self._tasks:
            self._tasks = tuple(
                Supervisor(work, f"{self.role} {name}")
                for name, work in (
                    ("orders", self._order_loop()),
                    ("positions", self._position_loop()),
                )
            )

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop the partitions whole."""
        for partition in partitions:
            table = self._tables.pop(partition, None)
            if table is not None:
                table.close()
        if not self._tables:
            await asyncio.gather(*(task.end() for task in self._tasks))
            self._tasks = ()
        await self._writer.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Fold a list of ledger records; states and offsets are committed before it returns."""
        partition = records[0].partition
        table = self._tables[partition]
        self._writer.begin(partition, (topics.CASES.name,))
        by_key: dict[bytes, list[Received]] = defaultdict(list)
        for record in records:
            by_key[record.key].append(record)
        encoded: dict[bytes, bytes] = {}
        results = dict.fromkeys(FoldResult, 0)  # of the list: a record costs no more than its sum
        orders: list[Send] = []
        now = self._clock.now()
        slices, heeded = Slices(), self._ledger_filter.events
        for key, of_key in by_key.items():
            try:
                before = table.store.get(key)
                if folding.is_light(before, of_key):
                    after = folding.fold_records_now(key, before, of_key, heeded)
                else:
                    after = await folding.fold_records(key, before, of_key, heeded)
            except folding.StateDamaged:
                raise await self._ledger_filter.stops(self._settings, partition, key) from None
            if after is None:
                continue
            encoded[key] = after.record_value
            results[after.result] += len(of_key)
            if self._orders is not None and after.state is not None:
                due = self._orders.due(table.wheel, after.state, now)
                orders += [Send(*one) for one in due]
            if slices.over():
                await slices.pause()
                now = self._clock.now()
        fault_point(FaultPoint.FOLDED)
        async with table.lock:
            newest_at = max(record.appended_at for record in records)
            await self._write(partition, table, encoded, next_offsets(records), newest_at)
        self.results.update(results)
        await self._outbox.send(orders)
        fault_point(FaultPoint.ORDERS_SENT)

    async def set_aside(self, records: Sequence[Received]) -> None:
        """Pass over records: the position moves over them and says that skips are applied."""
        partition = records[0].partition
        table = self._tables[partition]
        async with table.lock:
            table.skips = self._ledger_filter.skips_after(table, partition, records)
            newest_at = max(record.appended_at for record in records)
            await self._write(partition, table, {}, next_offsets(records), newest_at)

    async def _write(
        self,
        partition: int,
        table: CaseStore,
        encoded: Mapping[bytes, bytes | None],
        offsets: Mapping[str, int],
        as_of: Instant,
    ) -> None:
        """Write states, the position and the offsets as one, then hold the states."""
        after = {**table.offsets, **offsets}
        as_of = max(as_of, table.as_of)
        sends = [
            Send(topics.CASES.name, key, value, partition=partition)
            for key, value in encoded.items()
        ]
        key, value = position_pair(partition, table, after, as_of)
        sends.append(Send(topics.CASES.name, key, value, partition=partition))
        written = await self._writer.write(partition, sends)
        table.hold([(send.key, send.value) for send in sends], written.get(topics.CASES.name))
        table.offsets, table.as_of = after, as_of

    async def _order_loop(self) -> None:
        while True:
            await asyncio.sleep(self._due.pause_s(self._clock))
            if self._orders is not None:
                await self._order_due(self._orders)

    async def _order_due(self, orders: Orders) -> None:
        orders.room.part = len(self._tables) / self._settings.kafka.partitions
        await self._outbox.send(await self._due.orders(orders, self._clock.now()))

    async def _position_loop(self) -> None:
        async with ends_of(self._settings, self.topics) as ends:
            record_ends = RecordEnds(self._settings, ends)
            while True:
                await asyncio.sleep(POSITION_EVERY_S)
                self._say_keys()
                await self._write_positions(record_ends)
                fault_point(FaultPoint.POSITION_WRITTEN)

    def _say_keys(self) -> None:
        """Say how many keys are held: here and not at a scrape, which has a thread of its own."""
        name, held = topics.CASES.name, self._tables.items()
        kept = (TableSize(table=name, partition=n, keys=table.store.about()) for n, table in held)
        OWNERSHIP.keeps(self.role, kept)

    async def _write_positions(self, ends: RecordEnds) -> None:
        """Say that what is read to its end holds all by now; the others say so with each list."""
        now = self._clock.now()
        found = await ends.of({number: table.offsets for number, table in self._tables.items()})
        await asyncio.gather(
            *(
                self._write_position(partition, table, found[partition], now)
                for partition, table in self._tables.items()
                if partition in found
            )
        )

    async def _write_position(
        self, partition: int, table: CaseStore, ends: Mapping[str, int], now: Instant
    ) -> None:
        async with table.lock:
            if self._tables.get(partition) is not table or not table.is_read_to(ends):
                return
            if table.rested == table.offsets and now - table.as_of < REST_S * 1_000:
                return
            try:
                await self._write(partition, table, {}, {}, now)
            except Fenced:
                self._lost(partition)
                return
            table.rested = table.offsets
