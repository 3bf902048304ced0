"""The main job on a real Kafka: report in, notice in, the hoster removes, figure on /metrics."""

import asyncio
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest
from command import hostwatch, said
from pipeline_world import World, pipeline_world
from prometheus_client.parser import text_string_to_metric_families

from agents.engine.bulk import Follower
from schemas.codec import FACT
from schemas.facts import Observation
from schemas.moments import Instant
from schemas.reasons import Target
from sim.demo import prometheus
from sim.demo.setting import Folder, as_toml

DEADLINE_S = 120.0
POLL_S = 0.2


class Figures:
    """Reads /metrics until it says what is waited for."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/metrics"
        self._last: dict[tuple[str, str, str], float] = {}

    async def become(
        self, wanted: Mapping[tuple[str, str, str], float], child: asyncio.subprocess.Process
    ) -> None:
        """Wait until (metric, hoster, outcome or nothing) have these values."""
        async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
            while not wanted.items() <= self._last.items():
                assert child.returncode is None
                await self._read(session)
                await asyncio.sleep(POLL_S)

    async def _read(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url) as answer:
                text = await answer.text() if answer.status == 200 else ""
        except aiohttp.ClientConnectionError:  # the worker is starting
            return
        self._last = {
            (sample.name, sample.labels.get("hoster", ""), sample.labels.get("outcome", "")): (
                sample.value
            )
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.labels.get("role", "hosting") == "hosting"
        }


async def sighted(world: World, hoster: str, after: Instant) -> None:
    """Wait until both vantages have seen the material after an instant."""
    follower = Follower(world.settings, "facts.v1")
    seen: set[str] = set()
    await follower.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while seen != {"loud", "quiet"}:
                for record in await follower.poll():
                    fact = FACT.decode(record.value)
                    if (
                        isinstance(fact, Observation)
                        and (fact.hoster, fact.target) == (hoster, Target.URL)
                        and fact.sent_at > after
                        and fact.facts.status == 200
                    ):
                        seen.add(fact.vantage)
    finally:
        await follower.stop()


async def answer_of(address: str, query: str) -> dict[str, float]:
    """Return what a Prometheus answers, by hoster; empty until it has scraped."""
    url = f"{address.removesuffix('/alerts')}/api/v1/query"
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, params={"query": query}) as answer,
        ):
            found = await answer.json()
    except aiohttp.ClientError:  # it is starting
        return {}
    return {one["metric"]["hoster"]: float(one["value"][1]) for one in found["data"]["result"]}


async def prometheus_says(address: str, wanted: dict[str, float]) -> None:
    query = 'hostwatch_open_cases{role="hosting"}'
    async with asyncio.timeout(DEADLINE_S):
        while await answer_of(address, query) != wanted:  # noqa: ASYNC110 - another process sets no event of ours
            await asyncio.sleep(POLL_S)


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="no Prometheus is installed")
async def test_a_removal_becomes_a_figure_through_a_kill(tmp_path: Path, bootstrap: str) -> None:
    """Both cases open; one is removed while the worker is dead; the restarted one says so.

    The other one, whose material stays, is open in every figure. Nothing that was accepted is
    lost or counted twice, and a real Prometheus answers with the same backlog.
    """
    async with pipeline_world(bootstrap, tmp_path) as world:
        config = tmp_path / "hostwatch.toml"
        config.write_text(as_toml(world.settings))
        command = ("--config", str(config), "worker")
        figures = Figures(world.settings.web.port)
        watching = await prometheus.start(
            Folder(path=tmp_path), world.settings.web.port, world.settings.clock.speed
        )
        assert watching is not None
        watcher, address = watching
        try:
            async with hostwatch(tmp_path, *command) as worker:
                await world.say(world.report("quay"), world.report("reef"))
                awaiting = {("hostwatch_awaiting_cases", h, ""): 1.0 for h in world.sites}
                await figures.become(awaiting, worker)
                notices = [world.notice("quay"), world.notice("reef")]
                await world.say(*notices)
                opened = {("hostwatch_open_cases", h, ""): 1.0 for h in world.sites}
                await figures.become(opened, worker)
                await prometheus_says(address, {"quay": 1.0, "reef": 1.0})
                told_at = world.settings.clock.clock().now()
                await sighted(world, "quay", told_at)
                worker.send_signal(signal.SIGKILL)
                assert await worker.wait() == -signal.SIGKILL, said(tmp_path)
            world.sites["quay"].present = False
            async with hostwatch(tmp_path, *command) as worker:
                await figures.become(
                    {
                        ("hostwatch_cases", "quay", "removed"): 1.0,
                        ("hostwatch_open_cases", "quay", ""): 0.0,
                        ("hostwatch_open_cases", "reef", ""): 1.0,
                        ("hostwatch_cases", "reef", "removed"): 0.0,
                        ("hostwatch_received_records", "", ""): 4.0,
                        ("hostwatch_accepted_records", "", ""): 4.0,
                    },
                    worker,
                )
                await prometheus_says(address, {"quay": 0.0, "reef": 1.0})
                worker.send_signal(signal.SIGTERM)
                async with asyncio.timeout(60):
                    assert await worker.wait() == 0, said(tmp_path)
        finally:
            await watcher.stop()
    for hoster in world.sites:  # said.log holds no address of the material
        assert world.url(hoster).removeprefix("http://") not in said(tmp_path)
        assert f"{hoster}.example" not in said(tmp_path)
