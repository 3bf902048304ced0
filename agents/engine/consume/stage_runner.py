"""Hands a stage lists of records of one partition and says which offsets may be committed.

Each partition has a queue and is worked off by a task of its own: while the broker is asked to
take what follows from one list, other partitions are computed and more is fetched. A list is what
came in since the last was taken, so a trickle is handled at once and a flood in thousands. Between
the two, lists keep a distance, or they would be small, and a small one costs the broker as much.

An offset may be committed when it and everything below it in its partition is done. For a stage
that computes, that is the list it returned from; for a stage that waits for the outside
(`pooled`), lists of one run side by side and the cap is the lowest unfinished record.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from agents.clock import Clock
from agents.engine.consume.handlers import Handlers
from agents.engine.consume.partition_queue import PartitionQueue, Progress
from agents.engine.deadlines import hard_deadline, report_progress, stall_watchdog
from agents.engine.failures import crash
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.ownership import Lag, Ownership
from agents.engine.stage import Paired, Received, Stage, StageWithChangingTopics, Transactional
from agents.engine.supervision import crash_on_unexpected_exit
from agents.process.log import log

STEP_DEADLINE_S: Final = 120.0
"""Wall time that a step of loading partitions may take, and giving them up: twice the longest
deadline of what both ask of the broker, 60 s for a transaction."""


class StageRunner:
    """One stage's work in one process.

    Args:
        stage: what handles the records.
        ownership: is told what is owned and ready, and what passed.
        clock: world time, by which that is told; None = the machine's.
        on_crash: called on an exception of the stage; ends the process.

    Attributes:
        wait_until_assigned: waits until the group's newest generation gives partitions to this
            process; a transactional stage claims none before. None = nobody is asked.
        topics_change: the stage's topics change while it runs.
        owned: partitions the process was given.
        releases: how often all were given up; what was fetched before belongs to no one now.
    """

    def __init__(
        self,
        stage: Stage,
        on_crash: Callable[[str, BaseException], None] = crash,
        ownership: Ownership | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.stage = stage
        self.topics_change = isinstance(stage, StageWithChangingTopics)
        self._pairing = stage.pairing if isinstance(stage, Paired) else None
        self.owned: frozenset[int] = frozenset()
        self.releases = 0
        self._on_crash = on_crash
        self._ownership = ownership
        passage = None if ownership is None else ownership.passage(stage.role)
        self._handlers = Handlers(stage, on_crash, self._lose, passage, clock or Clock())
        self._told = False
        self._queues: dict[int, PartitionQueue] = {}
        self._recovery: asyncio.Task[None] | None = None
        self._losing: set[asyncio.Task[None]] = set()
        self.wait_until_assigned: Callable[[frozenset[int]], Awaitable[None]] | None = None
        self._committed: dict[tuple[str, int], int] = {}

    @property
    def ready(self) -> frozenset[int]:
        """Return the partitions whose records may be handed in."""
        return frozenset(self._queues)

    async def set_assignment(self, partitions: frozenset[int]) -> None:
        """Bring the stage to exactly these partitions; each is ready once it is loaded."""
        if partitions == self.owned:
            if not self._told:  # a member that was given nothing is one all the same
                self._tell()
            return
        if self.owned - partitions:
            with self.handing_over():
                await self.release()
        gained, self.owned = partitions - self.owned, partitions
        self._tell()
        if gained:
            self._recovery = asyncio.create_task(self._recover(gained, self._recovery))
            self._recovery.add_done_callback(self._recovered)

    async def _recover(self, gained: frozenset[int], earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        fault_point(FaultPoint.ASSIGNING)
        what = f"loading of partitions {', '.join(map(str, sorted(gained)))}"
        try:
            with stall_watchdog(STEP_DEADLINE_S, self.stage.role, what, self._on_crash):
                await self._load(gained)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            self._on_crash(self.stage.role, error)

    async def _load(self, gained: frozenset[int]) -> None:
        if isinstance(self.stage, Transactional):
            if self.wait_until_assigned is not None:
                report_progress("the group to confirm them")
                await self.wait_until_assigned(gained)
            report_progress("the stage")
            await self.stage.recover(gained, self._open, self._lose)
        else:
            report_progress("the stage")
            await self.stage.assigned(gained)
            for partition in gained:
                self._open(partition)

    def _recovered(self, recovery: asyncio.Task[None]) -> None:
        """End the process if loading ended alone: what was to be loaded would never be ready."""
        if recovery.cancelled() and recovery is self._recovery:
            crash_on_unexpected_exit(self.stage.role, "loading", self._on_crash)

    def _open(self, number: int, begin_at: Mapping[str, int] | None = None) -> None:
        fault_point(FaultPoint.ASSIGNED)
        opened = self._queues[number] = PartitionQueue(self._pairing, begin_at=begin_at)
        # what stands in the state is done: its last owner may have died before it told the group
        opened.progress.update((topic, Progress(0, at)) for topic, at in (begin_at or {}).items())
        opened.task = asyncio.create_task(self._handlers.work(opened))
        opened.task.add_done_callback(partial(self._ended, opened))
        self._handlers.drained.set()
        self._tell()

    def _lose(self, number: int) -> None:
        """Give a partition up whose writer another process has become, and go on."""
        queue = self._queues.pop(number, None)
        if queue is None:
            return
        queue.end()
        log(self.stage.role).warning("another process took a partition", owned=str(number))
        losing = asyncio.create_task(self._give_up(number, queue))
        self._losing.add(losing)
        losing.add_done_callback(self._losing.discard)

    async def _give_up(self, number: int, queue: PartitionQueue) -> None:
        """Drop what is held for a partition; where the group still gives it, it is gained anew."""
        try:
            with self.handing_over():
                if queue.task is not None:
                    await asyncio.wait([queue.task])
                await self.stage.revoked(frozenset({number}))
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            self._on_crash(self.stage.role, error)
        self._committed = {at: done for at, done in self._committed.items() if at[1] != number}
        self.owned -= {number}
        self._tell()
        self._handlers.drained.set()

    def _ended(self, partition: PartitionQueue, task: asyncio.Task[None]) -> None:
        """End the process if a partition's task ended: it would be owned and stand still."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._on_crash(self.stage.role, error)
        elif not partition.leaving:
            crash_on_unexpected_exit(self.stage.role, "the task of a partition", self._on_crash)

    def _tell(self) -> None:
        self._told = True
        if self._ownership is not None:
            self._ownership.set(self.stage.role, self.owned, self.ready)

    def behind(self, lags: Iterable[Lag]) -> None:
        """Say how far the stage is behind."""
        if self._ownership is not None:
            self._ownership.behind(self.stage.role, lags)

    def put(self, records: Sequence[Received]) -> None:
        """Let records of one topic and one ready partition be worked off.

        Those of a partition that was given up since they were asked for are passed over: it is
        read again from where its state stands.
        """
        queue = self._queues.get(records[0].partition)
        if queue is None:
            return
        let_in = queue.put(records)
        if self.stage.pooled and let_in:
            queue.progress[let_in[0].topic].under_way.update(record.offset for record in let_in)

    def taken_beyond(self, records: Sequence[Received]) -> int:
        """Return the offset after the newest record let in, where it is beyond the first of these.

        A rebalance has records read again. So has a broker that lost its newest ones: it refuses
        the place come to, aiokafka begins at the earliest, and new records have old numbers.

        Args:
            records: of one topic and partition, in order.
        """
        queue = self._queues.get(records[0].partition)
        progress = None if queue is None else queue.progress.get(records[0].topic)
        return 0 if progress is None or records[0].offset >= progress.taken else progress.taken

    def to_begin(self) -> dict[int, Mapping[str, int]]:
        """Return ready partitions that the consumer is to seek in, with offsets by topic."""
        found = {number: queue.begin_at for number, queue in self._queues.items()}
        return {number: at for number, at in found.items() if at is not None}

    def begin(self, partitions: Iterable[int]) -> None:
        """Let partitions be fetched: the consumer stands where they go on."""
        for partition in partitions:
            if partition in self._queues:
                self._queues[partition].begin_at = None

    def open_for(self, partition: int) -> bool:
        """Say whether more may be fetched of a partition."""
        found = self._queues.get(partition)
        return found is not None and found.begin_at is None and not found.full

    async def room(self, timeout_s: float) -> None:
        """Wait until something was worked off or became ready, at most so long."""
        self._handlers.drained.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._handlers.drained.wait()
        except TimeoutError:
            pass

    def under_way(self) -> dict[tuple[str, int], tuple[int, bool]]:
        """Return by topic and partition how far records are taken up, and whether any are in hand.

        A pooled stage has taken up what was let in: it bounds the time of each itself.
        """
        return {
            (topic, number): (
                (p.taken, bool(p.under_way)) if self.stage.pooled else (p.done, p.done < p.taken)
            )
            for number, partition in self._queues.items()
            for topic, p in partition.progress.items()
        }

    def done(self) -> dict[tuple[str, int], int]:
        """Return the offset below which everything is done, by topic and partition."""
        return {
            (topic, number): min(p.under_way, default=p.taken) if self.stage.pooled else p.done
            for number, partition in self._queues.items()
            for topic, p in partition.progress.items()
        }

    def committable(self) -> dict[tuple[str, int], int]:
        """Return the offsets that moved since they were last committed."""
        done = self.done().items()
        return {where: offset for where, offset in done if self._committed.get(where) != offset}

    def committed(self, offsets: Mapping[tuple[str, int], int]) -> None:
        """Remember what the broker has taken; what it refused is committed again."""
        self._committed |= offsets

    def handing_over(self) -> AbstractContextManager[None]:
        """Bound the time in which partitions are given up: their next owner waits for it."""
        what = "giving up partitions"
        return hard_deadline(STEP_DEADLINE_S, self.stage.role, what, self._on_crash)

    async def finish(self) -> None:
        """Finish the lists in hand; give up what waits, and lists of one.

        What is given up was not committed, so its next owner does it again.
        """
        tasks = [p.task for p in self._queues.values() if p.task is not None]
        for partition in self._queues.values():
            partition.end()
        for task in tasks if self.stage.pooled else ():
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def release(self) -> None:
        """Finish the lists in hand, drop what is held for all partitions, own none."""
        if self._recovery is not None:
            recovery, self._recovery = self._recovery, None
            recovery.cancel()
            await asyncio.gather(recovery, return_exceptions=True)
        if self._losing:
            await asyncio.wait(self._losing)
        await self.finish()
        owned, self.owned = self.owned, frozenset()
        self.releases += 1
        self._queues.clear()
        self._committed.clear()
        self._tell()
        if not owned:
            return
        try:
            await self.stage.revoked(owned)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            self._on_crash(self.stage.role, error)
        fault_point(FaultPoint.REVOKED)
