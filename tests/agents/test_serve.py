"""A worker as a process: told to stop it stops, whatever it is at, or is ended."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agents.config import KafkaSettings, Settings
from agents.errors import UserError
from agents.serve import StopDeadline, serve

ENDS_S = 60


def timers() -> list[threading.Timer]:
    """Return the timers that run and have not ended the process yet."""
    running = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    return [one for one in running if not one.finished.is_set()]


class Silent(asyncio.Protocol):
    """A broker that takes a connection and never answers."""

    def __init__(self, came: asyncio.Event) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tell the test."""
        self._came.set()


@asynccontextmanager
async def silent_broker(folder: Path) -> AsyncIterator[tuple[Settings, asyncio.Event]]:
    """Yield the settings of a worker that will never have started, and its first connection."""
    came = asyncio.Event()
    server = await asyncio.get_running_loop().create_server(lambda: Silent(came), "127.0.0.1", 0)
    bootstrap = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        kafka = KafkaSettings(bootstrap=bootstrap)
        yield Settings(kafka=kafka, state_dir=folder, key_file=folder / "keys.json"), came
    finally:
        server.close()


async def test_told_to_stop_while_it_starts_it_gives_the_start_up(tmp_path: Path) -> None:
    """A broker that hangs does not hold a stop up, and the stop's own deadline runs meanwhile."""
    stop, deadline = asyncio.Event(), StopDeadline()
    async with silent_broker(tmp_path) as (settings, came), asyncio.timeout(ENDS_S):
        serving = asyncio.create_task(serve(settings, ("intake",), stop, deadline))
        await came.wait()
        assert not timers()
        stop.set()
        await serving
    assert timers()
    deadline.cancel()
    assert not timers()


async def test_cancelled_by_another_it_is_cancelled(tmp_path: Path) -> None:
    """Only a stop that it was told of is an orderly end."""
    stop, deadline = asyncio.Event(), StopDeadline()
    async with silent_broker(tmp_path) as (settings, came), asyncio.timeout(ENDS_S):
        serving = asyncio.create_task(serve(settings, ("intake",), stop, deadline))
        await came.wait()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert not timers()


async def test_a_start_that_fails_leaves_nothing_but_the_deadline_of_its_end(
    tmp_path: Path,
) -> None:
    """What is left of it has the time of a stop to end; nobody waits for a stop any more."""
    before, deadline = asyncio.all_tasks(), StopDeadline()
    settings = Settings(kafka=KafkaSettings(bootstrap="127.0.0.1:9"), state_dir=tmp_path)
    with pytest.raises(UserError, match="no such role: intak; did you mean intake"):
        await serve(settings, ("intak",), asyncio.Event(), deadline)
    assert timers()
    deadline.cancel()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
