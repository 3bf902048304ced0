"""A process that does one job as one contestant, where a fault ends the process.

`python contestant_process.py CONTESTANT KAFKA FOLDER`: KAFKA is settings as JSON. What was done is
appended to the file `done` in the folder, one partition and offset a line. `CONTESTANTS` names what
there is.
"""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import faust
from contestants import IN, OUT, Job, Record, ours, record_of, started, stock, stock_app
from counters import TABLE, Counting, ours_counting, stock_counting

from agents.config import KafkaSettings, Settings
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send

FAILS = b"fails"
NOWHERE = "nowhere"
"""A topic that does not exist."""

HELD = b"held"
NEVER_S = 3_600.0
"""Between commits of offsets: the process ends before, as it may in any interval."""

HANDS = 4


class Unexpected(Exception):
    """What a job meets that it was not written for."""


def _noting(settings: Settings) -> Callable[[Record], None]:
    file = os.open(settings.state_dir / "done", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(record: Record) -> None:
        os.write(file, f"{record.partition} {record.offset}\n".encode())

    return note


@asynccontextmanager
async def ours_failing(settings: Settings) -> AsyncIterator[None]:
    """Meet a record that fails."""
    async with ours(settings, _failing(settings)):
        yield


@asynccontextmanager
async def stock_failing(settings: Settings) -> AsyncIterator[None]:
    """Meet a record that fails, in an ordinary agent."""
    async with stock(settings, _failing(settings)):
        yield


def _failing(settings: Settings) -> Job:
    note = _noting(settings)

    async def handle(record: Record) -> None:
        if record.value == FAILS:
            raise Unexpected
        note(record)

    return Job(handle)


async def _agent(settings: Settings, work: Callable[[faust.App, Job, Any], Any]) -> faust.App:
    job = _failing(settings)
    app = stock_app(settings, job)

    async def agent(stream: Any) -> None:
        await work(app, job, stream)

    app.agent(app.topic(settings.kafka.topic_prefix + IN))(agent)
    return app


@asynccontextmanager
async def stock_taking(settings: Settings) -> AsyncIterator[None]:
    """Meet a record that fails, in lists."""

    async def work(_: faust.App, job: Job, stream: Any) -> None:
        async for events in stream.take_events(100, within=0.2):
            for event in events:
                await job.handle(record_of(settings, event))

    async with started(await _agent(settings, work)):
        yield


@asynccontextmanager
async def stock_acknowledging(settings: Settings) -> AsyncIterator[None]:
    """Meet a record that fails, where the agent acknowledges by itself what it has done."""

    async def work(_: faust.App, job: Job, stream: Any) -> None:
        async for event in stream.noack().events():
            await job.handle(record_of(settings, event))
            await stream.ack(event)

    async with started(await _agent(settings, work)):
        yield


@asynccontextmanager
async def ours_refused(settings: Settings) -> AsyncIterator[None]:
    """Send each record on to a topic."""
    note = _noting(settings)
    async with sending(settings) as outbox:

        async def handle(record: Record) -> None:
            await outbox.send([Send(OUT, b"k", record.value)])
            note(record)

        async with ours(settings, Job(handle)):
            yield


@asynccontextmanager
async def ours_lost(settings: Settings) -> AsyncIterator[None]:
    """Send records of partition 0 to a topic that is not there."""
    note = _noting(settings)
    async with sending(settings) as blocked, sending(settings) as outbox:
        ways = (blocked, NOWHERE), (outbox, OUT)

        async def handle(record: Record) -> None:
            note(record)
            way, topic = ways[record.partition]
            await way.send([Send(topic, b"k", record.value)])

        async with ours(settings, Job(handle, concurrency=HANDS)):
            yield


@asynccontextmanager
async def sending(settings: Settings) -> AsyncIterator[KafkaOutbox]:
    """Yield an outbox."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        yield outbox
    finally:
        await outbox.stop()


@asynccontextmanager
async def stock_sending(settings: Settings) -> AsyncIterator[None]:
    """Send each record on to a topic."""
    note = _noting(settings)
    out = settings.kafka.topic_prefix + OUT

    async def handle(record: Record) -> None:
        await app.topic(out).send(key=b"k", value=record.value)
        note(record)

    async with stock(settings, Job(handle)) as app:
        yield


@asynccontextmanager
async def stock_tabling(settings: Settings) -> AsyncIterator[None]:
    """Keep each record in a table."""
    note = _noting(settings)

    async def handle(record: Record) -> None:
        note(record)

    job = Job(handle)
    app = stock_app(settings, job)
    table = app.Table(TABLE, partitions=2, key_type=bytes, value_type=bytes)

    async def agent(stream: Any) -> None:
        async for event in stream.events():
            table[b"k"] = event.value
            await job.handle(record_of(settings, event))

    app.agent(app.topic(settings.kafka.topic_prefix + IN))(agent)
    async with started(app):
        yield


@asynccontextmanager
async def stock_sending_soon(settings: Settings) -> AsyncIterator[None]:
    """Send records of partition 0 to a topic that is not there, without waiting."""
    note = _noting(settings)
    prefix = settings.kafka.topic_prefix

    async def handle(record: Record) -> None:
        note(record)
        app.topic(prefix + (NOWHERE, OUT)[record.partition]).send_soon(value=record.value)

    async with stock(settings, Job(handle)) as app:
        yield


def _holding(settings: Settings) -> Counting:
    """Note each record before it is counted; one that is held waits for the file `go`."""
    note = _noting(settings)
    go = settings.state_dir / "go"

    async def before(record: Record) -> None:
        note(record)
        while record.value == HELD and not go.exists():
            await asyncio.sleep(0.01)

    return Counting(before=before, more={"broker_commit_interval": NEVER_S})


@asynccontextmanager
async def ours_holding(settings: Settings) -> AsyncIterator[None]:
    """Count, and hold what is to be held."""
    async with ours_counting(settings, _holding(settings)):
        yield


@asynccontextmanager
async def stock_holding(settings: Settings) -> AsyncIterator[None]:
    """Count in a table, and hold what is to be held."""
    async with stock_counting(settings, _holding(settings)):
        yield


CONTESTANTS = {
    made.__name__: made
    for made in (
        ours_failing,
        ours_holding,
        ours_lost,
        ours_refused,
        stock_acknowledging,
        stock_failing,
        stock_holding,
        stock_sending,
        stock_sending_soon,
        stock_tabling,
        stock_taking,
    )
}


async def main(contestant: str, kafka: str, folder: str) -> None:
    """Do the job until the process ends."""
    logging.basicConfig(level=logging.INFO)  # to the file `said`, for whoever examines a failure
    settings = Settings(kafka=KafkaSettings.model_validate_json(kafka), state_dir=Path(folder))
    async with CONTESTANTS[contestant](settings):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
