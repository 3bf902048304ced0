"""The engine's clients on the broker in memory: each call is a question and an answer, and between
the two a process can be ended or stand still.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Final, Self

from agents.clock import Clock
from agents.engine import failures
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.stage import Received, Send
from agents.engine.state.store import Pair
from sim.memory.broker.broker import PARTITIONS, Broker, Fenced, partition_of_key
from sim.memory.broker.faults import Faults
from sim.memory.broker.virtual_time import WorldSchedule

WAIT_S: Final = 0.2
"""The broker holds a fetch that finds nothing for this long."""

_ENDLESS: Final[Mapping[int, int]] = MappingProxyType({})


async def hop() -> None:
    """Let a message be on its way; who asked may be no more when it comes."""
    await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes records; see `agents.engine.produce.outbox`.

    Attributes:
        broker: where they go.
        schedule: when they go once more.
        faults: of the process's group.
    """

    broker: Broker
    schedule: WorldSchedule
    faults: Faults

    async def send(self, records: Sequence[Send]) -> None:
        """Write records, those of one partition after those of another."""
        batches: dict[tuple[str, int], list[Send]] = {}
        for record in records:
            partition = (
                partition_of_key(record.key) if record.partition is None else record.partition
            )
            batches.setdefault((record.topic, partition), []).append(record)
        for batch in batches.values():
            fault_point(FaultPoint.SENT)
            await hop()
            for record in batch:
                self._write(record)
        if records:
            await hop()
            fault_point(FaultPoint.WRITTEN)

    def _write(self, record: Send) -> None:
        self.broker.write(record)
        later_ms = self.faults.again_ms()
        if later_ms is not None:
            self.schedule.plan(self.schedule.now + later_ms, partial(self.broker.write, record))


@dataclass(slots=True)
class Transactions:
    """The writer of the partitions that a stage owns; see `agents.engine.produce.transactions`.

    Attributes:
        broker: where they go.
        role: part of the transactional ids.
        faults: of the process's group.
    """

    broker: Broker
    role: str
    faults: Faults
    _epochs: dict[int, int] = field(default_factory=dict)
    _turns: dict[int, asyncio.Lock] = field(default_factory=dict)

    async def open(self, partitions: frozenset[int]) -> None:
        """Become the one writer of partitions."""
        await hop()
        for partition in sorted(partitions):
            self._epochs[partition] = self.broker.begin(self._id(partition))
            self._turns[partition] = asyncio.Lock()
        await hop()

    def begin(self, partition: int, topics: Sequence[str]) -> None:
        """Begin nothing ahead: here a transaction begins with what is written first."""

    async def write(self, partition: int, records: Sequence[Send]) -> dict[str, int]:
        """Write records as one; see `agents.engine.produce.transactions.Transactions.write`.

        Raises:
            SendFailed: the broker lost the transaction.
            agents.engine.failures.Fenced: another process is the writer by now.
        """
        owner, epoch = self._id(partition), self._epochs[partition]
        async with self._turns[partition]:
            fault_point(FaultPoint.BEGUN)
            try:
                await hop()
                firsts = self.broker.put(owner, epoch, records)
                fault_point(FaultPoint.SENT)
                await hop()
                fault_point(FaultPoint.WRITTEN)
                await hop()
                if self.faults.loses():
                    self.broker.check(owner, epoch)
                    self.broker.abort(owner)
                    raise failures.SendFailed("Lost")
                self.broker.end(owner, epoch)
            except Fenced:
                raise failures.Fenced("Fenced") from None
            await hop()
            fault_point(FaultPoint.COMMITTED)
        return firsts

    async def close(self, partitions: frozenset[int]) -> None:
        """Stop being the writer of partitions; a transaction under way is ended first."""
        for partition in sorted(partitions & self._turns.keys()):
            async with self._turns[partition]:
                pass
            del self._turns[partition], self._epochs[partition]

    def _id(self, partition: int) -> str:
        return f"{self.role}-{partition}"


@dataclass(frozen=True, slots=True)
class MemorySpan:
    """A span of a partition as it was fetched; see `agents.engine.read.brokers.LogSpan`."""

    partition: int
    start: int
    position: int
    records: Sequence[Received]

    def received(self, topic: str, clock: Clock) -> list[Received]:
        """Return the records; they are stamped with world time as it is."""
        return list(self.records)

    def pairs(self) -> list[Pair]:
        """Return the keys and values of all records."""
        return [(record.key, record.value) for record in self.records]


@dataclass(slots=True)
class Reader:
    """Reads what is committed of a topic; see `agents.engine.read.log_reader.LogReader`.

    Attributes:
        broker: what is read.
        topic: of what.
        to_world_time: brings a wall time into world time.
    """

    broker: Broker
    topic: str
    to_world_time: Callable[[int], int]
    _positions: dict[int, int] = field(default_factory=dict)
    _ends: dict[int, int] = field(default_factory=dict)

    async def start(self) -> frozenset[int]:
        """Connect."""
        await hop()
        return frozenset(range(PARTITIONS))

    async def stop(self) -> None:
        """Disconnect."""

    async def bounds(self, partitions: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return where each partition begins and where what is committed ends."""
        await hop()
        logs = {partition: self.broker.log(self.topic, partition) for partition in partitions}
        return {partition: (log.begin, log.stable) for partition, log in logs.items()}

    async def since(self, partitions: Collection[int], wall_ms: int) -> dict[int, int]:
        """Return where each partition's records begin that were appended at a time or later."""
        await hop()
        at, found = self.to_world_time(wall_ms), {}
        for partition in partitions:
            newer = (
                r for r in self.broker.log(self.topic, partition).records if r.appended_at >= at
            )
            first = next(newer, None)
            if first is not None:
                found[partition] = first.offset
        return found

    async def identity(self) -> str:
        """Return what tells this topic from one of the same name: there is none."""
        await hop()
        return f"memory/{self.topic}"

    def follow(self, positions: Mapping[int, int], ends: Mapping[int, int] = _ENDLESS) -> None:
        """Read these partitions too; see `agents.engine.read.log_reader.LogReader.follow`."""
        self._positions.update(positions)
        self._ends.update(ends)

    async def poll(self) -> list[MemorySpan]:
        """Return what there is, or what comes soon."""
        await hop()
        found = self._found()
        if not found:
            await self.broker.news(self.topic, WAIT_S)
            found = self._found()
        return found

    def _found(self) -> list[MemorySpan]:
        found: list[MemorySpan] = []
        for partition, start in list(self._positions.items()):
            log = self.broker.log(self.topic, partition)
            position = log.stable
            if position <= start:
                continue
            found.append(MemorySpan(partition, start, position, log.since(start)))
            if position >= self._ends.get(partition, position + 1):
                del self._positions[partition], self._ends[partition]
            else:
                self._positions[partition] = position
        return found


@dataclass(frozen=True, slots=True)
class Ends:
    """Says where topics end; see `agents.engine.read.end_offsets.Ends`."""

    broker: Broker
    topics: Sequence[str]

    async def __aenter__(self) -> Self:
        """Connect."""
        await hop()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""

    async def of(self, partitions: Collection[int]) -> dict[int, dict[str, int]]:
        """Return the end of every topic in each of the partitions."""
        await hop()
        return {
            partition: {topic: self.broker.log(topic, partition).stable for topic in self.topics}
            for partition in partitions
        }


@dataclass(frozen=True, slots=True)
class Local:
    """The broker as the engine opens it; see `agents.engine.read.brokers.InProcessBroker`.

    Attributes:
        broker: what is opened.
        to_world_time: brings a wall time into world time.
    """

    broker: Broker
    to_world_time: Callable[[int], int]

    def reader(self, topic: str) -> Reader:
        """Return a reader of a topic."""
        return Reader(self.broker, topic, self.to_world_time)

    def ends(self, topics: Sequence[str]) -> Ends:
        """Return what says where topics end."""
        return Ends(self.broker, topics)
