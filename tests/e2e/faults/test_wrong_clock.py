"""A machine whose clock is wrong: the worker does not start on it, and dates nothing by it.

The clock of the worker's process alone is wrong, by libfaketime; the broker keeps this machine's.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from command import hostwatch, said
from pipeline_world import PipelineWorld, command_of, pipeline_world
from prometheus_client.parser import text_string_to_metric_families
from worker_figures import DEADLINE_S, POLL_S

from agents.engine.read.bulk import read_partitions
from schemas.codec import POSITION
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY
from schemas.topics import CASES

ROLES = ("intake", "attribution", "lifecycle")
TO_BE_MENDED = 2
"""Exit code of what a person has to mend before the next start."""

DAY_S = 86_400
SLACK_S = 60.0
"""More than a loaded machine takes between a position and whoever reads it."""

POSITIONS = 3
"""Of each partition, that are waited for once the clock was set."""


@pytest.fixture
def set_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let a test set the clock of what it starts, also while that runs."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    assert libraries, "libfaketime is missing (Debian: faketime)"
    file = tmp_path / "clock"

    def put(by: str) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(by + "\n")
        fresh.replace(file)

    monkeypatch.setenv("LD_PRELOAD", str(libraries[0]))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(file))
    monkeypatch.setenv("FAKETIME_CACHE_DURATION", "1")  # a second, in place of at every reading
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")  # nobody sets the steady clock
    return put


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("+10m", "10 min ahead of"),
        ("-6m", "6 min behind"),
        pytest.param("+3d", "3 d ahead of", marks=pytest.mark.soak),  # as ten minutes do
    ],
)
async def test_more_than_five_minutes_off_does_not_start_and_says_so(
    tmp_path, bootstrap, set_clock, by, words
):
    """One line says which way, how far and what to do, and no position is dated."""
    set_clock(by)
    async with pipeline_world(bootstrap, tmp_path) as world:
        command = command_of(world, tmp_path)
        async with hostwatch(tmp_path, *command, *ROLES) as worker, asyncio.timeout(DEADLINE_S):
            assert await worker.wait() == TO_BE_MENDED, said(tmp_path)
        (line,) = said(tmp_path).splitlines()
        assert line.startswith(
            f"hostwatch: this machine's clock is {words} the broker's, and 5 min"
        )
        assert await dated(world) == []


async def test_a_clock_that_goes_wrong_while_it_works_moves_no_as_of(
    tmp_path, bootstrap, set_clock
):
    """Set days ahead, then days back: positions go on by the broker's clock, and it is shown."""
    set_clock("+0")
    async with (
        pipeline_world(bootstrap, tmp_path) as world,
        hostwatch(tmp_path, *command_of(world, tmp_path), *ROLES) as worker,
    ):
        await goes_on(world, worker)
        for days in (3, -3):
            set_clock(f"{days:+}d")
            await goes_on(world, worker)
            apart_s = await shown(world.settings.web.port)
            assert abs(apart_s - days * DAY_S) < SLACK_S
        assert worker.returncode is None, said(tmp_path)


async def goes_on(world: PipelineWorld, worker: asyncio.subprocess.Process) -> None:
    """Wait for more positions, each later than the one before and none later than the present."""
    clock, before = world.settings.clock.clock(), len(await dated(world))
    async with asyncio.timeout(DEADLINE_S):
        while (
            len(found := await dated(world)) < before + POSITIONS * world.settings.kafka.partitions
        ):
            assert worker.returncode is None
            await asyncio.sleep(POLL_S)
    latest_at = clock.now() + clock.world_ms(SLACK_S)
    for partition in range(world.settings.kafka.partitions):
        mine = [as_of for number, as_of in found if number == partition]
        assert mine == sorted(mine)
        assert clock.now() - clock.world_ms(SLACK_S) < mine[-1] < latest_at


async def dated(world: PipelineWorld) -> list[tuple[int, Instant]]:
    """Return the partition and the as_of of each position in `cases.v1`, as they were written."""
    partitions = range(world.settings.kafka.partitions)
    return [
        (record.partition, POSITION.decode(record.value).as_of)
        async for records in read_partitions(world.settings, CASES.name, partitions)
        for record in records
        if record.key.startswith(POSITION_KEY)
    ]


async def shown(port: int) -> float:
    """Return how far the worker's /metrics say that its clock is ahead."""
    text = await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/metrics")
    (value,) = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "hostwatch_clock_apart_seconds"
    ]
    return value


def _read(address: str) -> str:
    place = urlsplit(address)
    with closing(HTTPConnection(place.netloc, timeout=DEADLINE_S)) as connection:
        connection.request("GET", place.path)
        return connection.getresponse().read().decode()
