"""The main job on a real Kafka: report in, notice in, the hoster removes, figure on /metrics."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from command import hostwatch, said
from pipeline_world import LINE, PipelineWorld, command_of, pipeline_world
from worker_figures import DEADLINE_S, POLL_S, Figures

from agents.engine.read.bulk import Follower, read_partitions
from schemas.closed_lists import CaseClass, Target
from schemas.codec import FACT
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from schemas.records.facts import Observation
from schemas.records.feedback import Feedback
from schemas.topics import HOTLINE_OUT
from sim.demo import prometheus
from sim.demo.demo_settings import Folder
from streams.feedback.iccam import ACTIONS
from streams.rollup.case_table import URL_CASES

HOSTERS = ("quay", "reef")
REMOVED_AT_ONE = {
    ("hostwatch_cases", "quay", "removed"): 1.0,
    ("hostwatch_open_cases", "quay", ""): 0.0,
    ("hostwatch_open_cases", "reef", ""): 1.0,
    ("hostwatch_cases", "reef", "removed"): 0.0,
    ("hostwatch_received_records", "", ""): 4.0,
    ("hostwatch_accepted_records", "", ""): 4.0,
}


async def sighted(world: PipelineWorld, hoster: str, after: Instant) -> None:
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


async def cases(world: PipelineWorld) -> list[CaseSummary]:
    """Return the cases that the table holds, the newest state of each."""
    held: dict[bytes, tuple[CaseSummary, ...]] = {}
    async for records in read_partitions(world.settings, "cases.v1", range(3)):
        for record in records:
            if not record.key.startswith(b"position/"):
                held[record.key] = URL_CASES.decode(record.value).cases
    return [case for found in held.values() for case in found]


async def told(world: PipelineWorld) -> dict[str, list[Feedback]]:
    """Return what the hotline was told, by its own id of the record; it holds no address."""
    found: dict[str, list[Feedback]] = {}
    async for records in read_partitions(world.settings, HOTLINE_OUT.named(LINE), range(3)):
        for record in records:
            said = HOTLINE_OUT.codec.decode(record.value)
            found.setdefault(said.id, []).append(said)
            assert not any(word in record.value for word in (b".example", b"127.", b"/material"))
    return found


async def ends_told(world: PipelineWorld, wanted: dict[str, CaseClass]) -> None:
    """Wait until the hotline is told so of each report and notice, and of each change once."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            found = await told(world)
            newest = [said[-1].cases[0] for said in found.values() if said[-1].cases]
            ends = [(one.hoster, one.case_class) for one in newest]
            if sorted(ends) == sorted(2 * [*wanted.items()]):
                break
            await asyncio.sleep(POLL_S)
    assert {one.action for one in newest} == {ACTIONS[end] for end in wanted.values()}
    for said_of_one in found.values():
        cases = [one.cases for one in said_of_one]
        assert len(set(cases)) == len(cases)


@asynccontextmanager
async def watched(world: PipelineWorld, folder: Path) -> AsyncIterator[str]:
    """Run a Prometheus that scrapes the worker, its rules in the world's time."""
    port, speed = world.settings.web.port, world.settings.clock.speed
    watching = await prometheus.start(Folder(path=folder), (port,), speed)
    assert watching is not None
    watcher, address = watching
    try:
        yield address.removesuffix("/alerts")
    finally:
        await watcher.stop()


async def answer_of(address: str, query: str) -> dict[str, float]:
    """Return what a Prometheus answers, by hoster; empty until it has scraped."""
    url = f"{address}/api/v1/query"
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
        while await answer_of(address, query) != wanted:
            await asyncio.sleep(POLL_S)


async def test_a_removal_becomes_a_figure_through_a_kill(tmp_path: Path, bootstrap: str) -> None:
    """Both cases open; one is removed while the worker is dead; the restarted one says so.

    The other one, whose material stays, is open in every figure. Nothing that was accepted is
    lost or counted twice, the interval of the removal contains it, and a real Prometheus answers
    with the same backlog.
    """
    async with (
        pipeline_world(bootstrap, tmp_path) as world,
        watched(world, tmp_path) as address,
    ):
        command = command_of(world, tmp_path)
        clock, figures = world.settings.clock.clock(), Figures(world.settings.web.port)
        async with hostwatch(tmp_path, *command) as worker:
            await world.say(world.report("quay"), world.report("reef"))
            await figures.become(
                {("hostwatch_awaiting_cases", h, ""): 1.0 for h in HOSTERS}, worker
            )
            await world.say(world.notice("quay"), world.notice("reef"))
            await figures.become({("hostwatch_open_cases", h, ""): 1.0 for h in HOSTERS}, worker)
            await prometheus_says(address, {"quay": 1.0, "reef": 1.0})
            await sighted(world, "quay", clock.now())
            worker.send_signal(signal.SIGKILL)
            assert await worker.wait() == -signal.SIGKILL, said(tmp_path)
        before = clock.now()
        world.sites["quay"].present = False
        after = clock.now()
        async with hostwatch(tmp_path, *command) as worker:
            await figures.become(REMOVED_AT_ONE, worker)
            await prometheus_says(address, {"quay": 0.0, "reef": 1.0})
            await ends_told(world, {"quay": CaseClass.REMOVED, "reef": CaseClass.ONLINE})
            worker.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                assert await worker.wait() == 0, said(tmp_path)
        (case,) = [case for case in await cases(world) if case.hoster == "quay"]
        assert case.last_seen_at is not None
        assert case.gone_at is not None
        assert case.last_seen_at < after
        assert before < case.gone_at
    for hoster in HOSTERS:
        assert f"{hoster}.example" not in said(tmp_path)


async def test_the_growth_of_one_backlog_is_alerted(tmp_path: Path, bootstrap: str) -> None:
    """Notices that pile up at a hoster that removes nothing fire the alert, for it alone."""
    async with (
        pipeline_world(bootstrap, tmp_path, speed=14_400) as world,
        watched(world, tmp_path) as address,
        hostwatch(tmp_path, *command_of(world, tmp_path)) as worker,
    ):
        first = [world.report(h) for h in HOSTERS] + [world.notice(h) for h in HOSTERS]
        await world.say(*first)
        await prometheus_says(address, {"quay": 1.0, "reef": 1.0})
        firing = 'ALERTS{alertname="HosterBacklogGrowing",alertstate="firing"}'
        numbers = itertools.count(1)
        async with asyncio.timeout(DEADLINE_S):
            while not (alerted := await answer_of(address, firing)):
                assert worker.returncode is None, said(tmp_path)
                more = [next(numbers) for _ in range(3)]
                await world.say(*(world.report("reef", n) for n in more))
                await world.say(*(world.notice("reef", n) for n in more))
                await asyncio.sleep(POLL_S)
        assert alerted == {"reef": 1.0}
