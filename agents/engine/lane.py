"""Hands a stage lists of records of one partition and says which offsets may be committed.

An offset may be committed when it and everything below it in its partition is done. For a stage
that computes, that is the list it returned from; for a stage that waits for the outside
(`pooled`), lists of one run side by side and the cap is the lowest unfinished record.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agents.engine.failures import crash
from agents.engine.stage import Received, Stage

BATCH_RECORDS_MAX = 4_000
"""Above this a list gains no speed and only delays the first commit."""


@dataclass(slots=True)
class _Progress:
    """What is under way in one topic and partition."""

    next_offset: int
    under_way: set[int] = field(default_factory=set)

    def committable(self) -> int:
        """Return the offset to commit: the lowest that is not done."""
        return min(self.under_way, default=self.next_offset)


class Lane:
    """One stage's work in one process.

    Args:
        stage: what handles the records.
        on_crash: called on an exception of the stage; ends the process.
    """

    def __init__(
        self, stage: Stage, on_crash: Callable[[str, BaseException], None] = crash
    ) -> None:
        self.stage = stage
        self.owned: frozenset[int] = frozenset()
        self._on_crash = on_crash
        self._progress: dict[tuple[str, int], _Progress] = {}
        self._committed: dict[tuple[str, int], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(stage.concurrency)
        self._turn = asyncio.Lock()
        self._leaving = False

    async def own(self, partitions: frozenset[int]) -> None:
        """Bring the stage to exactly these partitions, loading what is new before any record."""
        async with self._turn:
            await self._own(partitions)

    async def _own(self, partitions: frozenset[int]) -> None:
        if partitions == self.owned:
            return
        lost, gained = self.owned - partitions, partitions - self.owned
        try:
            if lost:
                await self.stage.revoked(lost)
            if gained:
                await self.stage.assigned(gained)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            self._on_crash(self.stage.role, error)
        self.owned = partitions

    async def take(self, records: Sequence[Received]) -> None:
        """Work off records of one topic and partition, or start to."""
        where = records[0].topic, records[0].partition
        progress = self._progress.setdefault(where, _Progress(records[0].offset))
        async with self._turn:
            if self.stage.pooled:
                await self._start_each(progress, records)
            else:
                await self._handle(records)
            progress.next_offset = records[-1].offset + 1

    async def _handle(self, records: Sequence[Received]) -> None:
        try:
            await self.stage.handle(records)
        except Exception as error:
            self._on_crash(self.stage.role, error)
            raise

    async def _start_each(self, progress: _Progress, records: Sequence[Received]) -> None:
        progress.under_way.update(record.offset for record in records)
        for record in records:
            await self._room.acquire()
            if self._leaving:
                self._room.release()
                return  # what was not begun stays under way, so below no offset
            task = asyncio.create_task(self._work(progress, record))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, progress: _Progress, record: Received) -> None:
        try:
            await self._handle([record])
            progress.under_way.discard(record.offset)
        finally:
            self._room.release()

    def committable(self) -> dict[tuple[str, int], int]:
        """Return the offsets that moved since they were last asked for."""
        moved = {}
        for where, progress in self._progress.items():
            offset = progress.committable()
            if self._committed.get(where) != offset:
                moved[where] = offset
                self._committed[where] = offset
        return moved

    async def release(self) -> None:
        """Finish the list in hand, give up lists of one that wait, forget all positions.

        What is given up was not committed, so its next owner does it again.
        """
        self._leaving = True
        try:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            async with self._turn:
                await self._own(frozenset())
                self._progress.clear()
                self._committed.clear()
        finally:
            self._leaving = False
