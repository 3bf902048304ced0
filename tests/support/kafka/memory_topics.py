"""A topic in memory that is read like one on the broker: one list, then nothing more."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from agents.config import Settings
from agents.engine.stage import Received


@dataclass(slots=True)
class MemoryTopic:
    """Gives its records once; what is appended later comes as it is appended."""

    records: list[Received] = field(default_factory=list)
    caught_up: bool = False
    stopped: bool = False
    fault: Exception | None = None
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def left(self) -> int:
        """All there is, until it is handed out."""
        return 0 if self.caught_up else len(self.records)

    async def start(self) -> None:
        """Begin at the first record."""

    async def lists(self) -> AsyncIterator[list[Received]]:
        """Give what is there, say that this is all, and wait for more."""
        given = 0
        while True:
            if self.fault:
                raise self.fault
            records, given = self.records[given:], len(self.records)
            self.caught_up = True  # before the last list is handed out, as on the broker
            self._more.clear()
            yield records
            if given == len(self.records):
                await self._more.wait()

    async def stop(self) -> None:
        """Remember that it was stopped."""
        self.stopped = True

    def append(self, *records: Received) -> None:
        """Put records at the end."""
        self.records += records
        self._more.set()

    def fail(self, fault: Exception) -> None:
        """Raise the fault at the next read."""
        self.fault = fault
        self._more.set()


@dataclass(slots=True)
class MemoryBroker:
    """The topics by name."""

    topics: dict[str, MemoryTopic] = field(default_factory=dict)

    def __call__(self, settings: Settings, topic: str) -> MemoryTopic:
        """Open a topic."""
        return self.topics.setdefault(topic, MemoryTopic())

    def append(self, topic: str, key: bytes, value: bytes | None) -> None:
        """Put a record at the end of a topic."""
        held = self.topics.setdefault(topic, MemoryTopic())
        held.append(
            Received(
                topic=topic,
                partition=0,
                offset=len(held.records),
                appended_at=0,
                key=key,
                value=value,  # a tombstone, as the broker gives it
            )
        )
