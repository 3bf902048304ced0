"""Processes that run one recording stage, and what they have written down."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import fork_server
import stage_process
from fork_server import ForkedProcess
from waiting import until

from agents.config import Settings
from agents.edges.child_process.processes import end, identify
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send

PARTITIONS = 3


@asynccontextmanager
async def member(
    settings: Settings,
    file: Path,
    mode: str,
    *waits: str,
    instance: str | None = None,
    loads: str | None = None,
) -> AsyncIterator[ForkedProcess]:
    kafka = settings.kafka
    loading = {} if loads is None else {"STAGE_LOADS": loads}
    static = {} if instance is None else {"STAGE_INSTANCE": instance, "STAGE_SESSION_S": "300"}
    with file.with_suffix(".err").open("ab") as log:
        process = await fork_server.start(
            (str(kafka.bootstrap), kafka.topic_prefix, str(file), mode, *waits),
            Path.cwd(),
            os.environ | static | loading,
            log=log.fileno(),
            program=fork_server.script(stage_process.__file__),
        )
    try:
        yield process
    finally:
        found = identify(process.pid)
        if found is not None and process.returncode is None:
            await asyncio.to_thread(end, found, 0)
        await process.wait()


async def send(settings: Settings, values: list[str]) -> None:
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(stage_process.TOPIC, v.encode(), v.encode()) for v in values])
    finally:
        await outbox.stop()


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def handled(file: Path) -> dict[int, dict[int, str]]:
    """Return what was handled: value by partition and offset."""
    found: dict[int, dict[int, str]] = {p: {} for p in range(PARTITIONS)}
    for line in lines(file):
        if line[0].isdigit():
            partition, offset, value = line.split(" ")
            found[int(partition)][int(offset)] = value
    return found


def values(file: Path) -> set[str]:
    return {value for part in handled(file).values() for value in part.values()}


async def written(file: Path, wanted: set[str]) -> None:
    assert await asyncio.to_thread(until, lambda: wanted <= {*lines(file), *values(file)})
