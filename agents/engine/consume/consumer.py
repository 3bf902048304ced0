"""Faust's consumer and transport, with the stage runner in place of the per-message path.

Faust 0.15.3 stays the group member: it joins, is assigned, pauses and resumes. What is replaced
is the way from a fetched record to a committed offset (`_drain_messages`). There Faust does this:

- commits past messages still in flight (`Consumer._new_offset`, also after a gap).
- acknowledges an event whose handler raised (`StreamIterator`, `finally`).
- flushes with `asyncio.wait`, which never raises (`ProducerBuffer.flush`).
- makes four asyncio tasks a message.
- sleeps a second when all buffers are full (`Consumer._wait_next_records`).

With the runner no message is tracked, acknowledged or buffered by Faust at all: a list is handed
to the stage, and its offset is committed when the stage has returned. What Faust does as a member
of its group is mended in `agents.engine.consume.membership`.
"""

import asyncio
from collections.abc import Iterable, Mapping
from importlib import metadata
from time import monotonic
from typing import Any, Final, cast

import faust
from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from agents.clock import Clock
from agents.engine import library
from agents.engine.consume.membership import GroupMemberInLoop, NoThread
from agents.engine.consume.partition_queue import LIST_RECORDS_MAX
from agents.engine.consume.stage_runner import STEP_DEADLINE_S, StageRunner
from agents.engine.deadlines import hard_deadline
from agents.engine.failures import crash
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.members import Members, stop_if_replaced
from agents.engine.supervision import crash_on_unexpected_exit
from agents.process.log import log

VERSIONS: Final = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0", "mode-streaming": "0.7.1"}
"""The libraries whose private parts are used, in the versions that were read."""

POLL_S = 0.2
"""Upper bound of the wait for a record; with COMMIT_EVERY_S, of how long one that is done waits."""

COMMIT_EVERY_S = 0.25
"""A commit takes the time of a fetch; what a killed process did since its last is done again."""

CONFIRM_EVERY_S = 0.2
"""Between two questions to the group, until its next generation has come."""

JOIN_AGAIN_S = 60.0
"""Between two requests for a new assignment: each has all members stop for a moment."""

SHORT_POLL_S = 0.01
"""The same while a partition's queue is full: it may be worked off before the others fill."""


class WrongVersion(RuntimeError):
    """An installed library is not the one whose faults the engine mends."""


def check_version() -> None:
    """Refuse to run on libraries whose internals were not read.

    Raises:
        WrongVersion: another version of one is installed.
    """
    for name, wanted in VERSIONS.items():
        found = metadata.version(name)
        if found != wanted:
            raise WrongVersion(f"{name} {wanted} is needed, found {found}")


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


class StageApp(faust.App):
    """A Faust app whose records go to a stage runner."""

    runner: StageRunner
    clock: Clock
    topic_prefix: str
    members: Members | None = None
    """Asked who has this member's name; None where it has none of its own."""


class StageConsumer(driver.Consumer):
    """Hands fetched records to the app's runner and commits what the runner has done.

    Attributes:
        joining: between two generations of its group.
        group_member: its side that talks to the broker.
    """

    joining = True

    group_member: GroupMemberInLoop
    _member_id = ""
    _join_again_at = 0.0
    _checked = (-1, 0)
    """The generation and the second in which the assignment was last checked."""

    def _new_consumer_thread(self) -> GroupMemberInLoop:
        self.group_member = GroupMemberInLoop(
            self, loop=self.loop, thread_loop=self.loop, Worker=NoThread, beacon=self.beacon
        )
        return self.group_member

    @property
    def _app(self) -> StageApp:
        return cast(StageApp, self.app)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Drain until told to stop; any other end ends the process.

        Faust marks the app as crashed and goes on as a member that handles nothing.
        """
        try:
            await self._drain(fetcher)
        except asyncio.CancelledError:
            if not (self.should_stop or fetcher.should_stop):
                crash_on_unexpected_exit(self._app.runner.stage.role, "the consumer's loop")
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the process must stop
            stops = self.should_stop or fetcher.should_stop
            if not (stops and isinstance(error, ConsumerStoppedError)):
                crash(self._app.runner.stage.role, error)

    async def _drain(self, fetcher: Any) -> None:
        commit_at = 0.0
        while not (self.should_stop or fetcher.should_stop):
            if not self.flow_active:
                await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # Faust's type names no Event
                continue
            runner = self._app.runner
            if await self._joins_again():
                continue
            await runner.set_assignment(self._owned())
            if to_begin := runner.to_begin():
                await self._begin(to_begin)
            active = library.fetchable(self)
            wanted = {tp for tp in active if runner.open_for(tp.partition)}
            if wanted:
                poll_s = POLL_S if len(wanted) == len(active) else SHORT_POLL_S
                await self._fetch(wanted, poll_s)
            else:
                await runner.room(POLL_S)
            if monotonic() >= commit_at:
                commit_at = monotonic() + COMMIT_EVERY_S
                await self._commit_done()

    async def _joins_again(self) -> bool:
        """Have the group assign anew what it gave this member for topics that it read before."""
        now = self._app.consumer_generation_id, int(monotonic())
        if now == self._checked:
            return False
        refused = monotonic() < self._join_again_at
        if (refused and not self.joining) or not self.group_member.is_outdated():
            self._checked = now
            return False
        if not refused:
            self._join_again_at, self.joining = monotonic() + JOIN_AGAIN_S, True
            log(self._app.runner.stage.role).info("joins again: some topics were not assigned")
            await self.group_member.join_again()
        await asyncio.sleep(CONFIRM_EVERY_S)
        return True

    def _owned(self) -> frozenset[int]:
        app = self._app
        assignment = self.assignment()
        if app.runner.topics_change:  # a topic that comes or goes may be nobody's for a moment
            topics = {tp.topic for tp in assignment}
        else:
            topics = {app.topic_prefix + topic for topic in app.runner.stage.topics}
        try:
            return shared(assignment, topics)
        except UnequalPartitions as error:
            crash(app.runner.stage.role, error)

    def check(self) -> None:
        """Raise what aiokafka's coordinator has left for whoever polls."""
        self.group_member.check()

    async def wait_until_assigned(self, partitions: frozenset[int]) -> None:
        """Wait until the group's newest generation gives partitions to this member.

        A member that was paused may have lost its partitions without having heard. It would fence
        the writers of their new owner.
        """
        while True:
            mine = {tp.partition: tp for tp in self.assignment()}
            known = partitions <= mine.keys() and not self.joining
            if (
                known
                and await self.group_member.is_known_to_group(mine[min(partitions)])
                and not self.joining
            ):
                return
            await asyncio.sleep(CONFIRM_EVERY_S)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Note what the group calls this member."""
        self._member_id = self.group_member.member_id
        self.joining = False
        role = self._app.runner.stage.role
        with hard_deadline(STEP_DEADLINE_S, role, "asking what the group committed"):
            await super().on_partitions_assigned(assigned, generation_id)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """End the process if another one has taken its name; two would take turns for ever."""
        app, self.joining = self._app, True
        if app.members is not None and self._member_id:
            await stop_if_replaced(app.members, self._member_id)
        await super().on_partitions_revoked(revoked)

    def _membership(self) -> tuple[int, int]:
        """Return what changes when partitions go, even if the same ones come back."""
        return self._app.consumer_generation_id, self._app.runner.releases

    def _is_rebalanced(self, before: tuple[int, int]) -> bool:
        return not self.flow_active or self._membership() != before

    async def _fetch(self, wanted: set[TP], poll_s: float) -> None:
        """Let what has come of some partitions into the runner, unless a rebalance began."""
        before, runner = self._membership(), self._app.runner
        found = await self.group_member.getmany(wanted, poll_s)
        if not found:
            return
        again = {tp: at for tp, records in found.items() if (at := runner.taken_beyond(records))}
        await self.group_member.check_places(again)
        if self._is_rebalanced(before):
            await self.perform_seek()
            return
        fault_point(FaultPoint.FETCHED)
        for records in found.values():
            for start in range(0, len(records), LIST_RECORDS_MAX):
                runner.put(records[start : start + LIST_RECORDS_MAX])

    async def _begin(self, partitions: Mapping[int, Mapping[str, int]]) -> None:
        """Begin partitions of a transactional stage at the offsets that stand in its state.

        What the group was told may be older: the earlier owner wrote until it was fenced.
        """
        prefix, before, places = self._app.topic_prefix, self._membership(), dict[TP, int]()
        for tp in self.assignment():
            if (begin_at := partitions.get(tp.partition)) is not None:
                places[tp] = begin_at.get(tp.topic[len(prefix) :], 0)
        await self.group_member.check_places(places)
        if self._is_rebalanced(before):
            return
        for tp, offset in places.items():
            await self.seek(tp, offset)
        self._app.runner.begin(partitions)

    async def _commit_done(self) -> None:
        """Commit what moved; what is refused while the group rebalances is committed later."""
        runner, prefix, assigned = self._app.runner, self._app.topic_prefix, self.assignment()
        done = {
            TP(prefix + topic, partition): (topic, partition, offset)
            for (topic, partition), offset in runner.committable().items()
        }
        mine = {tp: found for tp, found in done.items() if tp in assigned}
        if mine:
            fault_point(FaultPoint.SETTLED)
            if await self.group_member.commit({tp: offset for tp, (_, _, offset) in mine.items()}):
                runner.committed({(topic, number): at for topic, number, at in mine.values()})
            fault_point(FaultPoint.OFFSET_COMMITTED)

    async def wait_empty(self) -> None:
        """Let the runner finish before partitions go; Faust calls this on revocation and stop."""
        runner = self._app.runner
        with runner.handing_over():
            await runner.finish()
            await self._commit_done()
            await runner.release()


class StageTransport(driver.Transport):
    """The transport that makes consumers of stage runners."""

    Consumer = StageConsumer
