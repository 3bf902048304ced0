"""A task that has to live ends its process when it ends, in whatever way, and not otherwise."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.client import AIOKafkaClient
from mode import Service
from scratch_topics import scratch_settings

from agents.engine.read.end_offsets import Ends
from agents.engine.supervision import (
    POLL_EVERY_S,
    SHUT_DOWN_S,
    EndedAlone,
    LibraryTaskMonitor,
    Supervisor,
    held,
    together,
)

DEADLINE_S = 30


class Crashes(list[tuple[str, str]]):
    """Keeps what would have ended the process."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.first = asyncio.Event()

    def __call__(self, where: str, error: BaseException) -> None:
        """Keep one."""
        self.append((where, type(error).__name__))
        self.first.set()

    async def come(self) -> list[tuple[str, str]]:
        """Wait for the first."""
        async with asyncio.timeout(DEADLINE_S):
            await self.first.wait()
        return self


async def for_ever() -> None:
    await asyncio.Event().wait()


async def returns() -> None:
    pass


async def fails() -> None:
    raise ValueError


@pytest.mark.parametrize(("work", "error"), [(returns, "EndedAlone"), (fails, "ValueError")])
async def test_a_standing_task_that_ends_ends_the_process(work, error):
    """Also by returning: there was no end to what it does."""
    crashes = Crashes()
    Supervisor(work(), "role", crashes)
    assert await crashes.come() == [("role", error)]


async def test_a_standing_task_that_is_cancelled_ends_the_process():
    """Unless it was told to end."""
    crashes = Crashes()
    told, stray = Supervisor(for_ever(), "told", crashes), Supervisor(for_ever(), "stray", crashes)
    await told.end()
    assert told.over
    next(task for task in asyncio.all_tasks() if task.get_name() == "stray").cancel()
    assert await crashes.come() == [("stray", "EndedAlone")]
    assert stray.over


def test_a_loop_that_is_shut_down_is_no_crash():
    """It cancels all tasks; a command that ends by an error keeps its own exit code."""
    crashes: list[str] = []

    async def main() -> None:
        Supervisor(for_ever(), "role", lambda where, _: crashes.append(where))

    asyncio.run(main())
    assert crashes == []
    assert SHUT_DOWN_S > 0


@pytest.mark.parametrize(("work", "error"), [(returns, EndedAlone), (fails, ValueError)])
async def test_one_failed_task_cancels_its_group(work, error):
    """The others are cancelled, and what ended is said."""
    ended = asyncio.Event()

    async def other() -> None:
        try:
            await for_ever()
        finally:
            ended.set()

    with pytest.raises(error):
        await together(other(), work())
    assert ended.is_set()


class Working(Service):
    """A service of mode with one task that ends when it is told to."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        super().__init__()
        self.enough = asyncio.Event()

    @Service.task
    async def _work(self) -> None:
        await self.enough.wait()


async def test_a_service_of_mode_whose_task_ends_is_noticed():
    """Mode forgets it; a service that was stopped is passed over."""
    crashes, monitor = Crashes(), None
    monitor = LibraryTaskMonitor(crashes)
    stopped, working = Working(), Working()
    for service in (stopped, working):
        await service.start()
        monitor.keep(service, "service")
    await stopped.stop()
    assert (monitor.ended(), monitor.ended()) == ([], [])
    working.enough.set()
    assert await crashes.come() == [("service", "EndedAlone")]
    monitor.let_go(working)
    await working.stop()


@pytest.mark.parametrize("name", ["AIOKafkaClient._md_synchronizer", "AIOKafkaConnection._read"])
async def test_a_client_whose_task_ends_is_noticed(bootstrap, name):
    """It goes on without: with old addresses of brokers, or with nobody who reads answers."""
    crashes = Crashes()
    monitor = LibraryTaskMonitor(crashes)
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    await client.ready(client.get_random_node())
    monitor.keep(client, "client")
    assert monitor.ended() == []
    tasks = [t for t in asyncio.all_tasks() if getattr(t.get_coro(), "__qualname__", "") == name]
    for task in tasks:
        task.cancel()
    assert await crashes.come() == [("client", "EndedAlone")]
    monitor.let_go(client)
    await client.close()


async def test_a_request_of_a_consumer_that_has_ended_is_no_fault(bootstrap):
    """A fetcher holds requests until all of them have ended, for seconds where one ends slowly."""
    crashes = Crashes()
    monitor = LibraryTaskMonitor(crashes)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    monitor.keep(consumer, "consumer")
    fetcher = consumer._fetcher
    (fetching,) = [task for holder, task in held(consumer) if holder is fetcher]
    request = asyncio.create_task(returns())
    await request
    fetcher._pending_tasks.add(request)
    assert (monitor.ended(), monitor.ended(), monitor.ended()) == ([], [], [])
    fetching.cancel()
    assert await crashes.come() == [("consumer", "EndedAlone")]
    monitor.let_go(consumer)
    await consumer.stop()


async def test_a_client_that_is_closed_is_let_go(bootstrap):
    """Connections come and go too; neither is a task that ended alone."""
    crashes = Crashes()
    async with Ends(scratch_settings(bootstrap), ()):
        await asyncio.sleep(0)
    monitor = LibraryTaskMonitor(crashes)
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    monitor.keep(client, "client")
    await client.close()
    assert (monitor.ended(), monitor.ended(), monitor.ended()) == ([], [], [])
    monitor.let_go(client)
    assert crashes == []
    assert POLL_EVERY_S * 3 < 10
