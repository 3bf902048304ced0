"""Faust's consumer as a member of its group, in the loop of the stages instead of a thread.

In a thread of its own it waits for the interpreter's lock whenever a system call returns while a
stage computes, up to 5 ms each time (`sys.getswitchinterval`), some 30 ms a fetch or commit; and a
process whose loop stands still would seem alive to its group. Beside that, Faust 0.15.3

- splits a group's topics round robin (`AIOKafkaConsumerThread._create_worker_consumer`, for apps
  without tables): with two members, one gets partition 0 of one topic and partition 1 of the next,
  and what belongs together under one key meets nowhere,
- reads what a transactional writer took back,
- leaves a static member that stops in the group until its session times out (`AIOKafkaConsumer`),
- does not read again what it fetched and gave up where nothing is committed
  (`AIOKafkaConsumer.seek_to_committed`).

`LaneThread` mends all four, and takes what was fetched whole pieces at a time.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from inspect import isawaitable
from typing import Any, cast

from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.threads import ServiceThread

from agents.engine.damage import Damage
from agents.engine.fetched import Fetched, Lists
from agents.engine.lag import lags
from agents.engine.ownership import Lag


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
        self._task = self._service.parent_loop.create_task(self._service._serve())  # noqa: SLF001 - what the thread runs
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let nobody wait for one that failed; it has said so itself."""
        if not task.cancelled() and task.exception() is not None:
            self._service.set_shutdown()

    def stop(self) -> None:
        """Return at once: the service has shut down before this is called."""


class LaneThread(driver.AIOKafkaConsumerThread):
    """Faust's side of the consumer that talks to the broker, in the loop of the stages.

    Partitions are alike in all topics, and only committed records are read.
    """

    async def call_thread(self, fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a method of the consumer, a coroutine or not: it lives in this loop."""
        found = fun(*args, **kwargs)
        return await found if isawaitable(found) else found

    async def _gather_remaining_tasks(self) -> None:
        """Leave the loop's tasks alone: they are not this service's."""

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # both have no setter; ranges depend on members and partition counts alone, so topics of
        # one count are split alike
        consumer._partition_assignment_strategy = [RangePartitionAssignor]  # noqa: SLF001 - as above
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - as above
        client = consumer._client  # noqa: SLF001 - what it asks brokers with
        client.send = Damage(client.send).send
        return consumer

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Collection[TP] | None,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's name
        max_records: int | None = None,
    ) -> Lists:
        fetcher, app = consumer._fetcher, cast(Any, self.app)  # noqa: SLF001 - as Faust's own
        if not self.consumer.flow_active:
            return {}
        if consumer._closed or fetcher._closed:  # noqa: SLF001 - as above
            raise ConsumerStoppedError
        pieces = Fetched(fetcher, app.topic_prefix, app.clock)
        return await pieces.take(active_partitions or (), timeout or 0.0)

    def lags(self, prefix: str, done: Mapping[tuple[str, int], int]) -> list[Lag]:
        """Return how far the consumer is behind; see `agents.engine.lag`."""
        return list(lags(self._consumer, prefix, done)) if self._consumer is not None else []

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go back to what is committed, to the beginning where nothing is.

        aiokafka's own way stays where it is if that is nothing or 0, behind what was given up.
        """
        return cast(Mapping[TP, int], await self.call_thread(self._seek_to_committed))

    async def _seek_to_committed(self) -> Mapping[TP, int | None]:
        consumer = self._ensure_consumer()
        assigned = tuple(consumer.assignment())
        offsets = await asyncio.gather(*(consumer.committed(tp) for tp in assigned))
        found = dict(zip(assigned, offsets, strict=True))
        for tp in consumer.assignment() & found.keys():
            # not seek_to_beginning(): it waits for the fetch under way, 1.5 s a partition; where
            # 0 is no more, the reset policy of `create_app` begins at the earliest
            consumer.seek(tp, found[tp] or 0)
        return found

    async def on_thread_stop(self) -> None:
        """Leave the group, a static member too: a clean stop hands over at once."""
        if self._consumer is not None and self._consumer._coordinator is not None:  # noqa: SLF001
            # aiokafka has a static member stay in the group until its session times out
            self._consumer._coordinator._group_instance_id = None  # noqa: SLF001 - as above
        await super().on_thread_stop()
