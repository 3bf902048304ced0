"""One piece of work, run by the engine and by Faust as its documentation shows.

A law of the engine is written once, over a `Contestant`; `keepers` says which contestants keep it.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import faust
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.engine.consume.app import running
from agents.engine.stage import Received

ROLE = "job"
IN, OUT = "in", "out"
OURS, STOCK = "ours", "stock"
LAW_DEADLINE_S = 60.0
SESSION_S = 30.0
HEARTBEAT_S = 1.0
COMMIT_INTERVAL_S = 0.1
"""Stock Faust's is 2.8 s; a test need not wait so long for what it shows."""

_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an input, whoever fetched it."""

    topic: str
    partition: int
    offset: int
    value: Any


Handler = Callable[[Record], Awaitable[None]]


@dataclass(slots=True)
class Job:
    """What is to be done.

    Attributes:
        handle: does one record.
        topics: inputs, without the run's prefix.
        concurrency: how many records may be in hand; above one they end in any order.
        more: what stock Faust is told besides, by names of its settings.
    """

    handle: Handler
    topics: Sequence[str] = (IN,)
    concurrency: int = 1
    more: dict[str, Any] = field(default_factory=dict)


Contestant = Callable[[Settings, Job], AbstractAsyncContextManager[faust.App]]
Law = Callable[[Contestant, Settings], Awaitable[bool]]


class JobStage:
    """The engine's side of a job."""

    role = ROLE

    def __init__(self, job: Job) -> None:
        """Take the job; more than one record in hand makes the stage pooled."""
        self.topics = job.topics
        self.pooled = job.concurrency > 1
        self.concurrency = job.concurrency
        self._handle = job.handle

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Load nothing."""

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Hold nothing."""

    async def handle(self, records: Sequence[Received]) -> None:
        """Do one record after the other."""
        for one in records:
            await self._handle(Record(one.topic, one.partition, one.offset, one.value))


def ours(settings: Settings, job: Job) -> AbstractAsyncContextManager[faust.App]:
    """Run a job under the engine."""
    return running(JobStage(job), settings)


def stock_app(settings: Settings, job: Job) -> faust.App:
    """Return an app as Faust's documentation shows it, with nothing to do yet."""
    number = next(_NUMBERS)
    defaults = {
        "broker": f"kafka://{settings.kafka.bootstrap}",
        "store": "memory://",
        "datadir": str(settings.state_dir / f"stock{number}"),
        "autodiscover": False,
        "web_enabled": False,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "key_serializer": "raw",
        "value_serializer": "raw",
        "broker_commit_interval": COMMIT_INTERVAL_S,
        "broker_session_timeout": settings.kafka.session_timeout_s,
        "broker_heartbeat_interval": HEARTBEAT_S,
        "consumer_group_instance_id": settings.kafka.instance,
    }
    return faust.App(settings.kafka.topic_prefix + ROLE, **{**defaults, **job.more})


def record_of(settings: Settings, event: Any) -> Record:
    """Return what a Faust event holds."""
    message = event.message
    topic = message.topic.removeprefix(settings.kafka.topic_prefix)
    return Record(topic, message.partition, message.offset, event.value)


@asynccontextmanager
async def stock(settings: Settings, job: Job) -> AsyncIterator[faust.App]:
    """Run a job with an agent for each of its topics."""
    app = stock_app(settings, job)
    for topic in job.topics:

        async def work(stream: Any) -> None:
            async for event in stream.events():
                await job.handle(record_of(settings, event))

        channel = app.topic(settings.kafka.topic_prefix + topic)
        app.agent(channel, name=topic, concurrency=job.concurrency)(work)
    async with started(app):
        yield app


@asynccontextmanager
async def started(app: faust.App) -> AsyncIterator[None]:
    """Run a Faust app for the duration of the block."""
    try:
        await app.start()
        yield
    finally:
        await app.stop()


def patient(settings: Settings, **kafka: object) -> Settings:
    """Return settings of a group that no member falls out of while the machine is busy."""
    more = {"session_timeout_s": SESSION_S, **kafka}
    return settings.model_copy(update={"kafka": settings.kafka.model_copy(update=more)})


async def keepers(
    law: Law,
    bootstrap: str,
    folder: Path,
    *,
    at_once: bool = True,
    **others: Contestant,
) -> set[str]:
    """Return the names of the contestants that keep a law.

    Args:
        law: True if the contestant keeps it; what is no part of the law is asserted.
        bootstrap: the broker.
        folder: for what the contestants write.
        at_once: they run side by side; one after the other where a law counts what a loop does.
        others: contestants by name; else stock Faust.
    """
    contestants = {OURS: ours, **(others or {STOCK: stock})}

    async def judged(name: str, contestant: Contestant) -> bool:
        (folder / name).mkdir()  # Faust makes the last folder only
        settings = patient(scratch_settings(bootstrap, state_dir=folder / name))
        async with asyncio.timeout(LAW_DEADLINE_S):
            return await law(contestant, settings)

    if not at_once:
        return {name for name in contestants if await judged(name, contestants[name])}
    async with asyncio.TaskGroup() as group:
        tasks = {
            name: group.create_task(judged(name, contestant))
            for name, contestant in contestants.items()
        }
    return {name for name, task in tasks.items() if task.result()}
