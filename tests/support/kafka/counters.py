"""Contestants that keep a state: how many records of each partition there were.

A state stands in the changelog under the key of its partition, as `count offset`: so many records,
the last of them at that offset.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import faust
from contestants import IN, ROLE, Job, Record, record_of, stock_app
from faust.types import TP

from agents.config import Settings
from agents.engine.consume.app import StageApp, running
from agents.engine.produce.transactions import Transactions
from agents.engine.read.recovery import recover
from agents.engine.stage import OnLost, OnReady, Received, Send
from agents.engine.state.store import MemoryStore

TABLE = "table"
CHANGELOG = f"{ROLE}-{TABLE}-changelog"
"""As Faust names it."""

CALM_S = 0.5
"""So long nothing may move before a reader that has read everything is said to wait for ever."""

Before = Callable[[Record], Awaitable[None]]


def key_of(partition: int) -> bytes:
    """Return the key of a partition's state."""
    return b"k%d" % partition


def counted(state: bytes | None, offset: int) -> bytes:
    """Return the state after one more record."""
    count = int(state.split()[0]) if state else 0
    return b"%d %d" % (count + 1, offset)


@dataclass(slots=True)
class Counting:
    """What is to be counted.

    Attributes:
        partitions: of the input and of the changelog.
        before: is given each record before it is counted.
        more: what stock Faust is told besides.
    """

    partitions: int = 1
    before: Before | None = None
    more: dict[str, Any] = field(default_factory=dict)

    async def met(self, record: Record) -> None:
        """Say that a record is about to be counted."""
        if self.before is not None:
            await self.before(record)


@dataclass(frozen=True, slots=True)
class OursCounting:
    """The engine, counting."""

    app: StageApp
    stores: dict[int, MemoryStore]

    def state(self) -> dict[bytes, bytes]:
        """Return what is held."""
        return {key: value for store in self.stores.values() for key, value in store.items()}

    def recovered(self) -> bool:
        """Say whether everything owned is loaded."""
        return bool(self.app.runner.owned) and self.app.runner.ready == self.app.runner.owned

    async def stuck(self) -> bool:
        """Say whether it waits for what cannot come."""
        return False  # it would fail by its own deadline, and the process with it


@dataclass(frozen=True, slots=True)
class StockCounting:
    """Stock Faust, counting."""

    app: faust.App
    table: Any

    def state(self) -> dict[bytes, bytes]:
        """Return what is held."""
        return dict(self.table.items())

    def recovered(self) -> bool:
        """Say whether everything owned is loaded."""
        recovery = self.app.tables.recovery
        return bool(
            recovery.completed.is_set() and not recovery.in_recovery and not self.app.rebalancing
        )

    async def stuck(self) -> bool:
        """Say whether all that there is was read, and it waits for more before it begins."""
        recovery = self.app.tables.recovery
        tp = TP(self.app.conf.id + f"-{TABLE}-changelog", 0)
        if not recovery.active_highwaters:
            return False
        seen = recovery.active_offsets[tp]
        await asyncio.sleep(CALM_S)
        read_to = await self.app.consumer.position(tp)
        return (
            recovery.need_recovery()
            and recovery.active_offsets[tp] == seen
            and read_to is not None
            and read_to > recovery.active_highwaters[tp]
        )


Run = OursCounting | StockCounting
Counter = Callable[[Settings, Counting], AbstractAsyncContextManager[Run]]


class CountingStage:
    """The engine's side: a state, and the offset that stands in it, in one transaction."""

    role = ROLE
    topics: Sequence[str] = (IN,)
    pooled = False
    concurrency = 1

    def __init__(self, settings: Settings, work: Counting) -> None:
        """Take what is to be counted."""
        self.stores: dict[int, MemoryStore] = {}
        self._settings = settings
        self._writer = Transactions(settings, ROLE)
        self._work = work

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load."""
        await self.recover(partitions, lambda *_: None, lambda _: None)

    async def recover(self, partitions: frozenset[int], ready: OnReady, lost: OnLost) -> None:
        """Become the one writer, then load."""
        await self._writer.open(partitions)
        stores = {partition: MemoryStore() for partition in partitions}

        def loaded(partition: int) -> None:
            self.stores[partition] = store = stores[partition]
            state = store.get(key_of(partition))
            ready(partition, {IN: int(state.split()[1]) + 1} if state else {})

        await recover(self._settings, CHANGELOG, stores, loaded)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Drop what is not owned."""
        for partition in partitions:
            self.stores.pop(partition, MemoryStore()).close()
        await self._writer.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Count a list."""
        partition = records[0].partition
        key, store = key_of(partition), self.stores[partition]
        state = store.get(key)
        for one in records:
            await self._work.met(Record(one.topic, partition, one.offset, one.value))
            state = counted(state, one.offset)
        sends = [Send(CHANGELOG, key, state, partition=partition)]
        await self._writer.write(partition, sends)
        store.write([(key, state)])


@asynccontextmanager
async def ours_counting(settings: Settings, work: Counting) -> Any:
    """Count under the engine."""
    stage = CountingStage(settings, work)
    async with running(stage, settings) as app:
        yield OursCounting(app, stage.stores)


@asynccontextmanager
async def stock_counting(settings: Settings, work: Counting) -> Any:
    """Count in a table, as Faust's documentation shows it."""
    app = stock_app(settings, Job(work.met, more=work.more))
    table = app.Table(TABLE, partitions=work.partitions, key_type=bytes, value_type=bytes)

    async def count(stream: Any) -> None:
        async for event in stream.events():
            record = record_of(settings, event)
            await work.met(record)
            key = key_of(record.partition)
            table[key] = counted(table.get(key), record.offset)

    app.agent(app.topic(settings.kafka.topic_prefix + IN))(count)
    starting = asyncio.create_task(app.start())  # which returns when it has recovered
    try:
        yield StockCounting(app, table)
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await app.stop()
