"""A member of a group in memory: a process whose runner is handed what the broker has.

It does what `agents.engine.consume.consumer` does with a real broker: it brings the runner to the
partitions that it was given, hands in what came, and commits what is done. The runner and the stage
are the engine's and the product's own.
"""

import asyncio
from collections.abc import Sequence
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Final

from agents.engine.consume.stage_runner import StageRunner
from agents.engine.failures import SendFailed
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.stage import Received
from schemas.moments import SECOND_MS, Instant
from sim.memory.broker.client import hop
from sim.memory.broker.faults import Fault, Harm
from sim.memory.broker.loop import PROCESS, Process

if TYPE_CHECKING:
    from sim.memory.broker.groups import ConsumerGroup

AGAIN_MS: Final = 30 * SECOND_MS
"""What was left out of a list is in another one so much later."""

ROOM_S: Final = 10.0
"""A runner says when there is room; this is for who was never told."""

CONFIRM_EVERY_S: Final = 0.2


class Member:
    """A process of a role.

    Args:
        group: whose member it is.
        number: which.

    Attributes:
        wanted: what the group gives it, as far as it has been told.
    """

    def __init__(self, group: "ConsumerGroup", number: int) -> None:
        self.number = number
        self.process = Process(member=self)
        self.wanted: frozenset[int] = frozenset()
        self._group = group
        self._news = asyncio.Event()
        self._soon: set[int] = set()
        self._due: set[int] = set()
        self._positions: dict[int, dict[str, int]] = {}
        self._newest_at: dict[int, Instant] = {}
        self._harm: Harm | None = None
        self._left = 0
        self._lane: StageRunner | None = None

    def start(self) -> None:
        """Begin to run, owning nothing."""
        context = copy_context()
        context.run(PROCESS.set, self.process)
        self._group.schedule.loop.create_task(self._run(), context=context)

    def want(self, partitions: frozenset[int]) -> None:
        """Hear which partitions it has now."""
        self.wanted = partitions
        self._news.set()

    def on_readable(self, partition: int) -> None:
        """Hear that there may be something to read, soon."""
        if partition in self._soon:
            return
        self._soon.add(partition)
        group = self._group
        at = group.schedule.now + group.faults.lag(*group.lag_ms)
        group.schedule.plan(at, partial(self._read, partition))

    def passed(self) -> None:
        """Be at a point at which a process may be ended or stand still."""
        group = self._group
        if self._harm is None:
            self._harm = group.faults.harm(group.schedule.now)
            if self._harm is None:
                return
            self._left = self._harm.step
        if self._left > 0:
            self._left -= 1
            return
        harm, self._harm = self._harm, None
        if harm.pause_ms:
            group.sleep(self, harm.pause_ms)
        else:
            self._die()

    def crashed(self, _: str, error: BaseException) -> None:
        """End on what is unexpected; only what the broker refused is expected here."""
        if not self.process.dead and not isinstance(error, SendFailed):
            self._group.schedule.loop.failures.append(error)
        self._die()

    def _die(self) -> None:
        if not self.process.dead:
            self.process.dead = True
            self._group.died(self)

    async def _run(self) -> None:
        runner = self._lane = StageRunner(self._group.stage(), self.crashed)
        runner.wait_until_assigned = self._wait_until_assigned
        room = asyncio.create_task(self._room(runner))
        while True:
            self._drop(runner)
            await self._own(runner)
            self._begin(runner)
            await self._fetch(runner)
            await self._commit(runner)
            await self._news.wait()
            self._news.clear()
            if room.done():
                room.result()

    async def _room(self, runner: StageRunner) -> None:
        while True:
            await runner.room(ROOM_S)
            self._news.set()

    async def _wait_until_assigned(self, partitions: frozenset[int]) -> None:
        """Wait until the group says that partitions are this member's; it may have stood still."""
        await hop()
        while True:
            if all(self._group.owns(self, partition) for partition in partitions):
                return
            await asyncio.sleep(CONFIRM_EVERY_S)

    async def _own(self, runner: StageRunner) -> None:
        wanted = self.wanted
        if runner.owned - wanted:
            await runner.finish()
            await self._commit(runner)
            await runner.release()
            self._positions.clear()
            await hop()
            self._group.released(self)
        await runner.set_assignment(wanted)

    def _drop(self, runner: StageRunner) -> None:
        for partition in self._positions.keys() - runner.ready:
            del self._positions[partition]

    def _begin(self, runner: StageRunner) -> None:
        self._drop(runner)
        to_begin, group = runner.to_begin(), self._group
        for partition in sorted(runner.ready - self._positions.keys()):
            offsets = group.broker.offsets(group.role, group.topics, partition)
            if partition in to_begin:
                held = to_begin[partition]
                offsets = {topic: held.get(topic, 0) for topic in group.topics}
                runner.begin([partition])
            self._positions[partition] = offsets
            self.on_readable(partition)

    def _read(self, partition: int) -> None:
        self._soon.discard(partition)
        self._due.add(partition)
        self._news.set()

    async def _fetch(self, runner: StageRunner) -> None:
        if not self._due:
            return
        await hop()
        for partition in sorted(self._due & self._positions.keys()):
            if runner.open_for(partition):
                self._due.discard(partition)
                fetched = self._fetched(partition)
                newest = [records[-1].appended_at for records in fetched]
                self._newest_at[partition] = max(self._newest_at.get(partition, 0), *newest, 0)
                for records in fetched:
                    fault_point(FaultPoint.FETCHED)
                    runner.put(records)
        self._due &= self._positions.keys()

    def _fetched(self, partition: int) -> list[Sequence[Received]]:
        group, found = self._group, []
        for topic in group.topics:
            log = group.broker.log(topic, partition)
            since = self._positions[partition].get(topic, 0)
            if since >= log.stable:
                continue
            if len(group.topics) > 1 and group.faults.leaves_out():
                again = partial(self.on_readable, partition)
                group.schedule.plan(group.schedule.now + AGAIN_MS, again)
                continue
            records = log.since(since)
            self._positions[partition][topic] = log.stable
            if records:
                self._note(topic, partition, records)
            if group.misses:
                records = [record for record in records if not group.faults.misses()]
            if records:
                found.append(records)
        return found

    def _note(self, topic: str, partition: int, records: Sequence[Received]) -> None:
        group = self._group
        group.count(topic, partition, records)
        newest_at = self._newest_at.get(partition, 0)
        older = sum(record.appended_at < newest_at for record in records)
        group.faults.counts[Fault.REORDERED] += older

    async def _commit(self, runner: StageRunner) -> None:
        done = runner.committable()
        if not done:
            return
        fault_point(FaultPoint.SETTLED)
        await hop()
        if self._group.commit(self, done):
            runner.committed(done)
        await hop()
        fault_point(FaultPoint.OFFSET_COMMITTED)
