"""Works off what waits of partitions: lists of a stage that computes, records of one that waits."""

import asyncio
from collections.abc import Callable, Sequence

from agents.clock import Clock
from agents.engine.consume.partition_queue import PartitionQueue
from agents.engine.failures import Fenced
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.latency import LatencyHistogram
from agents.engine.stage import Received, Stage
from agents.engine.supervision import OnCrash, crash_on_unexpected_exit
from agents.process.tracing import TRACING

LIST_EVERY_S = 0.02
"""A partition's lists begin no closer than this; what comes meanwhile is in one transaction instead
of several. At half load a transaction takes as long, so it is not the wait of most records: without
it the broker took 8 % more CPU, and records took a quarter longer (docs/performance.md)."""


class Handlers:
    """What hands lists to a stage.

    Args:
        stage: what handles the records.
        on_crash: called on an exception of the stage; ends the process.
        lost: called with a partition that another process has taken.
        passage: is told what passed; None = nobody is.
        clock: world time, by which that is told.

    Attributes:
        drained: set whenever something was worked off.
    """

    def __init__(
        self,
        stage: Stage,
        on_crash: OnCrash,
        lost: Callable[[int], None],
        passage: LatencyHistogram | None,
        clock: Clock,
    ) -> None:
        self.drained = asyncio.Event()
        self._stage = stage
        self._on_crash = on_crash
        self._lost = lost
        self._passage = passage
        self._clock = clock
        self._places = asyncio.Semaphore(stage.concurrency)

    async def work(self, partition: PartitionQueue) -> None:
        """Work a partition off until it ends."""
        await (self._each(partition) if self._stage.pooled else self._lists(partition))

    async def _lists(self, partition: PartitionQueue) -> None:
        clock = asyncio.get_running_loop().time
        next_at = clock()
        while True:
            await partition.filled.wait()
            if (early_s := next_at - clock()) > 0:
                await asyncio.sleep(early_s)
            if partition.leaving:
                return
            records, behind = partition.take()
            if not records:  # all of them are held back
                continue
            next_at = clock() + LIST_EVERY_S
            if not await self._handle(records):
                partition.leaving = True
                return
            for topic, offset in behind.items():
                partition.progress[topic].done = offset
            self.drained.set()

    async def _handle(self, records: Sequence[Received]) -> bool:
        """Have a list worked off; False = it was not, and the process is to end."""
        fault_point(FaultPoint.HANDED)
        try:
            with TRACING.handling(self._stage.role, records[0].partition, len(records)):
                await self._stage.handle(records)
        except Fenced:
            self._lost(records[0].partition)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            self._on_crash(self._stage.role, error)
            return False
        if self._passage is not None:
            self._passage.done(records, self._clock.now())
        return True

    async def _each(self, partition: PartitionQueue) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await partition.filled.wait()
                for record in partition.take()[0]:
                    await self._places.acquire()
                    group.create_task(self._work(partition, record))

    async def _work(self, partition: PartitionQueue, record: Received) -> None:
        try:
            if await self._handle([record]):
                partition.progress[record.topic].under_way.discard(record.offset)
        except asyncio.CancelledError:
            if not partition.leaving:  # a group of tasks passes over one that was cancelled
                crash_on_unexpected_exit(self._stage.role, "the task of a record", self._on_crash)
            raise
        finally:
            self._places.release()
            self.drained.set()
