"""Faust's consumer and transport, with the batch lane in place of the per-message path.

Faust 0.15.3 stays the group member: it joins, is assigned, pauses and resumes. What is replaced
is the way from a fetched record to a committed offset (`_drain_messages`), because there it

- commits past messages still in flight (`Consumer._new_offset`, also after a gap),
- acknowledges an event whose handler raised (`StreamIterator`, `finally`),
- flushes with `asyncio.wait`, which never raises (`ProducerBuffer.flush`),
- makes four asyncio tasks a message and sleeps a second when buffers are full.

It also splits a group's topics round robin (`AIOKafkaConsumerThread._create_worker_consumer`, for
apps without tables): with two members, one gets partition 0 of one topic and partition 1 of the
next, and what belongs together under one key meets nowhere. And it reads what a transactional
writer took back. `LaneThread` mends both.

With the lane no message is tracked, acknowledged or buffered by Faust at all: a list is handed
to the stage, and its offset is committed when the stage has returned.
"""

from collections.abc import Iterable
from typing import Any, cast

import faust
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from agents.clock import Clock
from agents.engine.bulk import received
from agents.engine.failures import crash
from agents.engine.lane import BATCH_RECORDS_MAX, Lane

FAUST_VERSION = "0.15.3"
POLL_S = 0.2
"""Upper bound of the wait for a record, and so of the age of an uncommitted finished one."""


class WrongFaust(RuntimeError):
    """The installed Faust is not the one whose faults the lane mends."""


def check_version() -> None:
    """Refuse to run on a Faust whose internals were not read.

    Raises:
        WrongFaust: another version is installed.
    """
    if faust.__version__ != FAUST_VERSION:
        raise WrongFaust(f"faust-streaming {FAUST_VERSION} is needed, found {faust.__version__}")


class UnequalPartitions(RuntimeError):
    """A stage's topics were given to it with different partitions: its state would be split."""


def shared(assignment: Iterable[TP], topics: Iterable[str]) -> frozenset[int]:
    """Return the partitions assigned, which must be the same of every topic.

    Args:
        assignment: what the member was given.
        topics: of the stage, as the broker calls them.

    Raises:
        UnequalPartitions: a topic has others.
    """
    given = tuple(assignment)
    found = {frozenset(tp.partition for tp in given if tp.topic == topic) for topic in topics}
    if len(found) > 1:
        raise UnequalPartitions
    return found.pop() if found else frozenset()


class LaneApp(faust.App):
    """A Faust app whose records go to a lane."""

    lane: Lane
    clock: Clock
    topic_prefix: str


class LaneThread(driver.AIOKafkaConsumerThread):
    """The thread of Faust's consumer: partitions alike in all topics, committed records only."""

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # both have no setter; ranges depend on members and partition counts alone, so topics of
        # one count are split alike
        consumer._partition_assignment_strategy = [RangePartitionAssignor]  # noqa: SLF001 - as above
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - as above
        return consumer


class LaneConsumer(driver.Consumer):
    """Hands fetched records to the app's lane and commits what the lane has done."""

    def _new_consumer_thread(self) -> LaneThread:
        return LaneThread(self, loop=self.loop, beacon=self.beacon)

    async def _drain_messages(self, fetcher: Any) -> None:
        app = cast(LaneApp, self.app)
        while not (self.should_stop or fetcher.should_stop):
            records, _ = await self._wait_next_records(timeout=POLL_S)
            generation = app.consumer_generation_id
            if not self.flow_active:
                if records:
                    await self.perform_seek()
                continue
            await app.lane.own(self._owned())
            if not await self._hand_over(records or {}, generation):
                await self.perform_seek()
            await self._commit_done()

    def _owned(self) -> frozenset[int]:
        app = cast(LaneApp, self.app)
        topics = [app.topic_prefix + topic for topic in app.lane.stage.topics]
        try:
            return shared(self.assignment(), topics)
        except UnequalPartitions as error:
            crash(app.lane.stage.role, error)

    async def _hand_over(self, records: Any, generation: int) -> bool:
        """Work off what was fetched; False = a rebalance began and the rest was left."""
        app = cast(LaneApp, self.app)
        for fetched in records.values():
            for start in range(0, len(fetched), BATCH_RECORDS_MAX):
                if not self.flow_active or generation != app.consumer_generation_id:
                    return False
                part = fetched[start : start + BATCH_RECORDS_MAX]
                await app.lane.take([received(r, app.topic_prefix, app.clock) for r in part])
        return True

    async def _commit_done(self) -> None:
        app = cast(LaneApp, self.app)
        assigned = self.assignment()
        done = {
            TP(app.topic_prefix + topic, partition): offset
            for (topic, partition), offset in app.lane.committable().items()
        }
        mine = {tp: offset for tp, offset in done.items() if tp in assigned}
        if mine:
            await self._commit(mine)

    async def wait_empty(self) -> None:
        """Let the lane finish before partitions go; Faust calls this on revocation and stop."""
        await cast(LaneApp, self.app).lane.release()


class LaneTransport(driver.Transport):
    """The transport that makes lane consumers."""

    Consumer = LaneConsumer
