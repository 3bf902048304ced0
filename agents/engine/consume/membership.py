"""Faust's consumer as a member of its group, in the loop of the stages instead of a thread.

In a thread of its own it waits for the interpreter's lock whenever a system call returns while a
stage computes. That is up to 5 ms each time (`sys.getswitchinterval`), some 30 ms a fetch or
commit. Also, a process whose loop stands still would seem alive to its group. Beside that,
Faust 0.15.3

- splits a group's topics round robin (`AIOKafkaConsumerThread._create_worker_consumer`, for apps
  without tables). With two members, one gets partition 0 of one topic and partition 1 of the next.
  So records of one key are read by two members.
- reads records of aborted transactions.
- leaves a static member that stops in the group until its session times out (`AIOKafkaConsumer`).
- skips records that it fetched and gave up where nothing is committed
  (`AIOKafkaConsumer.seek_to_committed`).

`GroupMemberInLoop` mends all four, and takes what was fetched whole pieces at a time.

A broker gives a static member that comes back within its session what it had before, and asks
nobody for a new assignment (KIP-345). Topics that it reads since then would be read by nobody.
`is_outdated` finds such an assignment, and `join_again` has the group make a new one. Topics that
it reads no more are left out.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from inspect import isawaitable
from typing import Any, cast

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.threads import ServiceThread

from agents.engine import library
from agents.engine.consume.assignor import AlikePartitionAssignor
from agents.engine.consume.fetched_batches import Fetched
from agents.engine.failures import ReadBeyondEnd, crash
from agents.engine.read.disk_damage import DamageAsUnreadable
from agents.engine.supervision import crash_on_unexpected_exit

FETCH_WAIT_MS = 1_500
"""The broker holds a fetch that finds nothing for this long, as Faust has it."""


def is_outdated(
    assignment: Iterable[TopicPartition], partitions: Mapping[str, frozenset[int]]
) -> bool:
    """Return whether an assignment was made before a member read what it reads now.

    `AlikePartitionAssignor` gives a member the same numbers of all topics with equally many
    partitions, and number 0 of all topics or of none.

    Args:
        assignment: what the member was given.
        partitions: the numbers there are, by topic that it reads.
    """
    given: dict[str, set[int]] = {topic: set() for topic in partitions}
    for tp in assignment:
        given.setdefault(tp.topic, set()).add(tp.partition)
    alike: dict[frozenset[int], set[int]] = {}
    return len({0 in given[topic] for topic, there in partitions.items() if 0 in there}) > 1 or any(
        alike.setdefault(there, given[topic]) != given[topic] for topic, there in partitions.items()
    )


class NoThread:
    """Stands in for the thread: what would run there is a task of the loop.

    Args:
        service: the consumer's side that talks to the broker.
    """

    def __init__(self, service: ServiceThread) -> None:
        self._service = service
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = self._service.parent_loop.create_task(library.serve(self._service))
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let nobody wait for one that failed; end the process if nobody told it to end."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._service.set_shutdown()
            crash("consumer", error)
        elif not self._service.should_stop:
            crash_on_unexpected_exit("consumer", "the consumer's task")

    def stop(self) -> None:
        """Return at once: the service has shut down before this is called."""


class GroupMemberInLoop(driver.AIOKafkaConsumerThread):
    """Faust's side of the consumer that talks to the broker, in the loop of the stages.

    Partitions are alike in all topics, and only committed records are read.
    """

    async def call_thread(self, fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method of the consumer, a coroutine or not: it lives in this loop."""
        found = fun(*args, **kwargs)
        return await found if isawaitable(found) else found

    async def _gather_remaining_tasks(self) -> None:
        """Leave the loop's tasks alone: they are not this service's."""

    def on_crash(self, msg: str, *fmt: Any, **kwargs: Any) -> None:
        """Print nothing: the text of an error may hold a byte of a record."""

    def check(self) -> None:
        """Raise the error that aiokafka has left for whoever polls, and begin anew after it.

        Faust never asks: after one the coordinator waits for that for ever, joined to nothing.
        """
        coordinator = self._member()
        if coordinator is not None:
            coordinator.check_errors()

    def _member(self) -> Any:
        """Return what joins the group; None while the consumer starts, which may take long."""
        consumer = library.consumer_of(self)
        return None if consumer is None else library.coordinator_of(consumer)

    @property
    def member_id(self) -> str:
        """Return what the group calls this member; empty when it is none."""
        coordinator = self._member()
        return "" if coordinator is None else str(coordinator.member_id)

    def is_outdated(self) -> bool:
        """Return whether the assignment is older than what this member subscribes to now."""
        consumer = library.consumer_of(self)
        if consumer is None or not consumer.assignment():
            return False
        there = {one: consumer.partitions_for_topic(one) for one in consumer.subscription()}
        known = {topic: frozenset(numbers) for topic, numbers in there.items() if numbers}
        return is_outdated(consumer.assignment(), known)

    async def join_again(self) -> None:
        """Leave the group and join it as a new member, so that it makes a new assignment."""
        coordinator = self._member()
        if coordinator is not None:
            library.name_member(coordinator, None)
            leaving = coordinator.maybe_leave_group()
            try:
                await asyncio.sleep(0)  # it asks for the name before its first wait
            finally:  # a rebalance may have it join before it has left: by its name
                library.name_member(
                    coordinator, cast(Any, self.app).conf.consumer_group_instance_id
                )
            await leaving

    async def is_known_to_group(self, tp: TP) -> bool:
        """Say whether the group knows this member in its newest generation.

        It commits what is committed, which a group takes from its members alone.

        Args:
            tp: assigned to it.
        """
        consumer = library.consumer_of(self)
        if consumer is None:
            return False
        try:
            part = TopicPartition(tp.topic, tp.partition)  # aiokafka takes none but its own
            at = await consumer.committed(part)
            await consumer.commit({part: OffsetAndMetadata(at or 0, "")})
        except (CommitFailedError, IllegalStateError):
            return False
        return True

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        conf = cast(Any, self.app.conf)
        consumer = AIOKafkaConsumer(
            client_id=conf.broker_client_id,
            group_id=conf.id,
            group_instance_id=conf.consumer_group_instance_id,
            bootstrap_servers=driver.server_list(transport.url, transport.default_port),
            partition_assignment_strategy=[AlikePartitionAssignor],
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset=conf.consumer_auto_offset_reset,
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=int(conf.broker_max_poll_interval * 1_000),
            max_partition_fetch_bytes=conf.consumer_max_fetch_size,
            fetch_max_wait_ms=FETCH_WAIT_MS,
            request_timeout_ms=int(conf.broker_request_timeout * 1_000),
            check_crcs=conf.broker_check_crcs,
            session_timeout_ms=int(conf.broker_session_timeout * 1_000),
            rebalance_timeout_ms=int(conf.broker_rebalance_timeout * 1_000),
            heartbeat_interval_ms=int(conf.broker_heartbeat_interval * 1_000),
            metadata_max_age_ms=conf.consumer_metadata_max_age_ms,
            connections_max_idle_ms=conf.consumer_connections_max_idle_ms,
            **driver.credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
        )
        library.assign_what_is_read(consumer)
        library.ask_through(consumer, lambda ask: DamageAsUnreadable(ask).send)
        return consumer

    async def getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's name
        """Return what was fetched of some partitions.

        Args:
            active_partitions: which.
            timeout: seconds to wait for something.

        Raises:
            ConsumerStoppedError: it has stopped.
            aiokafka.errors.KafkaError: the broker refused a fetch.
            UnreadableBatch: a batch of a topic that is no inbox cannot be read.
        """
        consumer, app = library.consumer_of(self), cast(Any, self.app)
        if not self.consumer.flow_active:
            return {}
        if consumer is None or library.is_closed(consumer):
            raise ConsumerStoppedError
        fetcher = library.fetcher_of(consumer)
        if library.is_closed(fetcher):
            raise ConsumerStoppedError
        pieces = Fetched(fetcher, app.topic_prefix, app.clock)
        return await pieces.take(active_partitions or (), timeout)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go back to what is committed, to the beginning where nothing is.

        aiokafka's own way stays where it is if that is nothing or 0, behind what was given up.
        """
        consumer = library.consumer_of(self)
        if consumer is None:
            return {}
        assigned = tuple(consumer.assignment())
        offsets = await asyncio.gather(*(consumer.committed(tp) for tp in assigned))
        found = dict(zip(assigned, offsets, strict=True))
        for tp in consumer.assignment() & found.keys():
            # not seek_to_beginning(): it waits for the fetch under way, 1.5 s a partition; where
            # 0 is no more, the reset policy of `create_app` begins at the earliest
            consumer.seek(tp, found[tp] or 0)
        return cast(Mapping[TP, int], found)

    async def check_places(self, places: Mapping[TP, int]) -> None:
        """Make sure that no partition ends before the offset that it is to be begun at.

        Raises:
            ReadBeyondEnd: one does.
            aiokafka.errors.KafkaError: the broker did not say where they end.
        """
        if not places:
            return
        consumer, prefix = library.consumer_of(self), cast(Any, self.app).topic_prefix
        if consumer is None:
            raise ConsumerStoppedError
        parts = {TopicPartition(tp.topic, tp.partition): at for tp, at in places.items()}
        for tp, end in (await consumer.end_offsets(list(parts))).items():
            if parts[tp] > end:
                raise ReadBeyondEnd(tp.topic[len(prefix) :], tp.partition, parts[tp], end)

    async def on_thread_stop(self) -> None:
        """Leave the group, a static member too: a clean stop hands over at once."""
        coordinator = self._member()
        if coordinator is not None:
            library.name_member(coordinator, None)
        await super().on_thread_stop()
