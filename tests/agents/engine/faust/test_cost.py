"""Laws of what a record costs that Faust 0.15.3 breaks; counted, so no machine is too slow."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from contestants import IN, OURS, Contestant, Job, Record, keepers
from faust.tables import TableManager
from groups import append, becomes
from scratch_topics import create_topic

from agents.config import Settings
from agents.engine.consume import partition_queue

RECORDS = 2_000
BUFFER = 16
TURNS = 30
MANY = 20 * BUFFER
SLEEP_S = 1
VALUES = [b"%d" % n for n in range(RECORDS)]


async def test_a_record_costs_no_task(bootstrap, tmp_path):
    """Tasks are made for lists and at intervals, fewer than one for ten records.

    `Consumer._drain_messages` waits for each message and for the end of the flow side by side:
    `Service.wait_first` makes four tasks of that.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        begun, going = asyncio.Event(), asyncio.Event()
        done = 0

        async def handle(_: Record) -> None:
            nonlocal done
            begun.set()
            await going.wait()
            done += 1

        await create_topic(settings, IN, 1)
        await append(settings, IN, VALUES[:1])
        async with contestant(settings, Job(handle)):
            await begun.wait()
            with counted_tasks() as tasks:
                going.set()
                await append(settings, IN, VALUES[1:])
                await becomes(lambda: done == RECORDS)
        return len(tasks) < RECORDS / 10

    assert await keepers(law, bootstrap, tmp_path, at_once=False) == {OURS}


@contextmanager
def counted_tasks() -> Iterator[list[str]]:
    """Keep the names of what becomes a task on this loop, within the block."""
    loop = asyncio.get_running_loop()
    made: list[str] = []

    def factory(
        loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any
    ) -> asyncio.Task[Any]:
        made.append(work.__qualname__)
        return asyncio.Task(work, loop=loop, **more)

    loop.set_task_factory(factory)
    try:
        yield made
    finally:
        loop.set_task_factory(None)


async def test_full_buffers_cost_no_second(bootstrap, tmp_path, monkeypatch):
    """When nothing more can be taken in, what is waited for is room.

    `Consumer._wait_next_records` sleeps for a second when every partition's buffer is full.
    """
    monkeypatch.setattr(partition_queue, "QUEUE_RECORDS_MAX", BUFFER)

    async def law(contestant: Contestant, settings: Settings) -> bool:
        done = 0
        slept: list[float] = []

        async def handle(_: Record) -> None:
            nonlocal done
            for _ in range(TURNS):  # so that what is fetched waits, on any machine
                await asyncio.sleep(0)
            done += 1

        await create_topic(settings, IN, 1)
        job = Job(handle, more={"stream_buffer_maxsize": BUFFER})
        async with contestant(settings, job) as app:
            sleep = app.consumer.sleep

            async def noted(seconds: float, **more: Any) -> None:
                slept.append(seconds)
                await sleep(seconds, **more)

            app.consumer.sleep = noted
            await append(settings, IN, VALUES[:MANY])
            await becomes(lambda: done == MANY)
        return SLEEP_S not in slept  # other tasks of a consumer sleep for other times

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_a_start_costs_no_second(bootstrap, tmp_path, monkeypatch):
    """What is waited for at a start is known to be there, not hoped to be after a while.

    `TableManager.on_start` sleeps for a second, tables or none.
    """
    slept: list[tuple[str, float]] = []
    sleep = TableManager.sleep

    async def noted(self: TableManager, seconds: float, **more: Any) -> None:
        slept.append((self.app.conf.id, seconds))
        await sleep(self, seconds, **more)

    monkeypatch.setattr(TableManager, "sleep", noted)

    async def law(contestant: Contestant, settings: Settings) -> bool:
        begun = asyncio.Event()

        async def handle(_: Record) -> None:
            begun.set()

        await create_topic(settings, IN, 1)
        await append(settings, IN, [b"a"])
        async with contestant(settings, Job(handle)) as app:
            await begun.wait()
            return (app.conf.id, SLEEP_S) not in slept

    assert await keepers(law, bootstrap, tmp_path) == {OURS}
