"""Two workers, Prometheus and Alertmanager: a backlog that grows reaches who has to know."""

import asyncio
import itertools
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from alert_world import Alerting, alerting
from command import hostwatch, said
from pipeline_world import PipelineWorld, command_of, pipeline_world
from worker_figures import POLL_S

from agents.edges.child_process.ports import reserved
from sim.demo import prometheus
from sim.demo.demo_settings import Folder

SPEED = 14_400
"""A day is six seconds: growth over a day, for an hour, is seen within half a minute."""

DOUBLED_S = 12.0
DEADLINE_S = 200.0
LEVEL = "hoster:hostwatch_open_cases:max"


def second(world: PipelineWorld) -> PipelineWorld:
    """Return the same world for another worker: its name, port and folder are its own."""
    settings = world.settings
    with reserved(0) as port:
        pass
    changes = {
        "kafka": settings.kafka.model_copy(update={"instance": "two"}),
        "web": settings.web.model_copy(update={"port": port}),
        "state_dir": settings.state_dir.with_name("state-two"),
    }
    return PipelineWorld(settings.model_copy(update=changes), world.sites, world.outbox)


@asynccontextmanager
async def watched(
    folder: Path, workers: tuple[PipelineWorld, ...], told: Alerting
) -> AsyncIterator[str]:
    """Run a Prometheus over the workers that tells the Alertmanager."""
    ports = [world.settings.web.port for world in workers]
    place = Folder(path=folder)
    watching = await prometheus.start(place, ports, SPEED, told.address.removeprefix("http://"))
    assert watching is not None
    watcher, address = watching
    try:
        yield address.removesuffix("/alerts")
    finally:
        await watcher.stop()


async def levels(address: str) -> dict[str, list[float]]:
    """Return every recorded backlog since the start, by hoster."""
    query = {"query": f"{LEVEL}[10m]"}
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{address}/api/v1/query", params=query) as answer,
        ):
            found = await answer.json()
    except aiohttp.ClientError:  # it is starting
        return {}
    return {
        row["metric"]["hoster"]: [float(value) for _, value in row["values"]]
        for row in found["data"]["result"]
    }


async def pile_up(world: PipelineWorld, told: Alerting, numbers: Iterator[int]) -> None:
    """Let notices to reef pile up until somebody was told, by two fifths in each world day.

    With as many a second all along they would soon grow by less than a fifth a day, which tells
    nobody. A slow machine may not have found the first ones overdue by then.
    """
    begun_s, piled = time.monotonic(), 0
    while not any(alert == "HosterBacklogGrowing" for _, _, alert, *_ in told.heard.told):
        wanted = round(20 * 2 ** ((time.monotonic() - begun_s) / DOUBLED_S))
        more = [next(numbers) for _ in range(wanted - piled)]
        piled = wanted
        await world.say(*(world.report("reef", n) for n in more))
        await world.say(*(world.notice("reef", n) for n in more))
        await asyncio.sleep(POLL_S)


async def test_growth_is_told_and_its_end_too(tmp_path: Path, bootstrap: str) -> None:
    """Who is told hears of the growing hoster alone, and that it is over when it has removed.

    Meanwhile one of the two workers is killed: no recorded backlog falls, and the hoster that
    stood still stands still.
    """
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    numbers = itertools.count(1)
    async with (
        alerting(tmp_path) as told,
        pipeline_world(bootstrap, tmp_path, speed=SPEED) as world,
        watched(tmp_path, (world, other := second(world)), told) as address,
        hostwatch(tmp_path / "one", *command_of(world, tmp_path / "one")) as stays,
    ):
        async with hostwatch(tmp_path / "two", *command_of(other, tmp_path / "two")) as killed:
            await world.say(world.report("quay"), world.notice("quay"))
            async with asyncio.timeout(DEADLINE_S):
                await asyncio.gather(
                    pile_up(world, told, numbers), _kill_when_it_works(killed, address)
                )
        assert stays.returncode is None, said(tmp_path / "one")
        _, _, _, hoster, _ = await told.heard.of("/operators", "firing", "HosterBacklogGrowing")
        assert hoster == "reef"
        found = await levels(address)
        assert set(found["quay"]) <= {1.0}
        assert found["reef"] == sorted(found["reef"])
        world.sites["reef"].present = False
        async with asyncio.timeout(DEADLINE_S):
            await told.heard.of("/operators", "resolved", "HosterBacklogGrowing")


async def _kill_when_it_works(worker: asyncio.subprocess.Process, address: str) -> None:
    """Kill a worker as soon as figures of both hosters are recorded."""
    while {"quay", "reef"} - set(await levels(address)):
        await asyncio.sleep(POLL_S)
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
