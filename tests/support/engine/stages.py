"""Stages that record what the engine does with them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.engine.stage import Received


def record(offset: int, partition: int = 0, topic: str = "t.v1", value: bytes = b"") -> Received:
    """Return a record of which only its place matters."""
    return Received(topic, partition, offset, 0, b"k", value)


@dataclass(slots=True)
class Recording:
    """Keeps what it is told, in order; a record waits until it is let go if `gates` has it.

    Attributes:
        told: ("assigned" or "revoked", partitions) and ("handle", (partition, offsets)).
        finished: (partition, offset) of what is done.
        gates: offsets that wait; a future with an exception makes handling fail.
        fails: offsets that fail at once.
        slow_assignment: what `assigned` waits for.
    """

    role: str = "recording"
    topics: Sequence[str] = ("t.v1",)
    pooled: bool = False
    concurrency: int = 8
    told: list[tuple[str, object]] = field(default_factory=list)
    finished: set[tuple[int, int]] = field(default_factory=set)
    gates: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    fails: frozenset[int] = frozenset()
    slow_assignment: asyncio.Event | None = None

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Remember."""
        if self.slow_assignment is not None:
            await self.slow_assignment.wait()
        self.told.append(("assigned", partitions))

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Remember."""
        self.told.append(("revoked", partitions))

    async def handle(self, records: Sequence[Received]) -> None:
        """Remember, wait and finish."""
        self.told.append(("handle", (records[0].partition, [r.offset for r in records])))
        for one in records:
            if one.offset in self.fails:
                raise ValueError(one.offset)
            if one.offset in self.gates:
                await self.gates[one.offset]
        self.finished |= {(r.partition, r.offset) for r in records}
