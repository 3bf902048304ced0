"""The consumer of a stage: the loop it lives in, what it fetches, the partitions it shares."""

import asyncio
import os
import threading
from collections.abc import Mapping, Sequence
from importlib import metadata

import pytest
import stage_process
from faust.types import TP
from scratch_topics import create_topic, scratch_settings
from stage_members import PARTITIONS, lines, member, send, values, written
from waiting import until

from agents.config import Settings
from agents.edges.child_process.processes import end
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.consume.app import create_app, running
from agents.engine.consume.consumer import (
    VERSIONS,
    UnequalPartitions,
    WrongVersion,
    check_version,
    shared,
)
from agents.engine.consume.membership import GroupMemberInLoop
from agents.engine.consume.partition_queue import LIST_RECORDS_MAX
from agents.engine.failures import EXIT_CRASHED
from agents.engine.stage import Received


@pytest.fixture
async def settings(bootstrap) -> Settings:
    made = scratch_settings(bootstrap)
    await create_topic(made, stage_process.TOPIC, PARTITIONS)
    await create_topic(made, stage_process.BESIDE, PARTITIONS)
    return made


class Lengths(stage_process.Recorder):
    """Notes how long its lists are."""

    def __init__(self, file: str, waits: frozenset[str], *, pooled: bool) -> None:
        """Begin with none."""
        super().__init__(file, waits, pooled=pooled)
        self.lengths: list[int] = []

    async def handle(self, records: Sequence[Received]) -> None:
        """Note the length."""
        self.lengths.append(len(records))


async def test_a_flood_of_small_records_comes_in_lists_of_no_more_than_the_limit(
    settings, tmp_path
):
    """A fetched piece that holds more records than a list may is handed over in several."""
    count = 2 * LIST_RECORDS_MAX + 1
    await send(settings, ["v"] * count)
    stage = Lengths(str(tmp_path / "f"), frozenset(), pooled=False)
    async with running(stage, settings):
        assert await asyncio.to_thread(until, lambda: sum(stage.lengths) == count)
    assert max(stage.lengths) <= LIST_RECORDS_MAX


async def test_the_consumer_lives_in_the_loop_of_the_stage(settings, tmp_path):
    """A stage at work has no thread beside the loop: none takes turns with it or outlives it."""
    stage = stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False)
    before = set(threading.enumerate())
    async with running(stage, settings):
        await send(settings, ["1"])
        await written(tmp_path / "f", {"1"})
        more = {one.name for one in set(threading.enumerate()) - before}
        assert not {name for name in more if not name.startswith("asyncio_")}  # this test's own


async def test_a_state_that_has_read_more_than_there_is_ends_the_process(settings, tmp_path):
    """Behind it all that comes would be taken for what was read, until the topic is that long."""
    file = tmp_path / "f"
    async with member(settings, file, "listed", loads="begins 1") as child:
        assert await asyncio.wait_for(child.wait(), 30) == EXIT_CRASHED
    assert "offset 1 comes next, and it ends at 0" in file.with_suffix(".err").read_text()
    await send(settings, [f"v{n}" for n in range(20)])
    async with member(settings, file, "listed", loads="begins 1"):
        await written(file, {"v19"})  # what was lost is there again


async def test_a_broker_that_loses_its_newest_records_ends_the_process(tmp_path):
    """What is written next has the numbers of what was read, and must not be passed over.

    It is a static member, so the group gives it what it had, and nothing is begun anew.
    """
    file = tmp_path / "f"
    with LocalBroker(tmp_path / "kafka") as broker:
        settings = scratch_settings(broker.bootstrap)
        for topic in (stage_process.TOPIC, stage_process.BESIDE):
            await create_topic(settings, topic, PARTITIONS)
        async with member(settings, file, "listed", instance="one") as child:
            await send(settings, [f"v{n}" for n in range(40)])
            await written(file, {f"v{n}" for n in range(40)})
            await asyncio.to_thread(end, broker.process, 0)
            await asyncio.to_thread(broker.stop)
            logs = [*tmp_path.glob(f"kafka/**/*{stage_process.TOPIC}-*/*.log")]
            assert len(logs) == PARTITIONS
            for log in logs:
                os.truncate(log, 0)
            broker.launch()
            await asyncio.to_thread(broker.wait_ready)
            await send(settings, [f"again-{n}" for n in range(PARTITIONS)])
            assert await asyncio.wait_for(child.wait(), 60) == EXIT_CRASHED
        assert "comes next, and it ends at" in file.with_suffix(".err").read_text()
        async with member(settings, file, "listed", instance="one"):
            await written(file, {f"again-{n}" for n in range(PARTITIONS)})


async def test_partitions_that_go_while_they_are_begun_end_no_process(
    settings, tmp_path, monkeypatch
):
    """A rebalance ends while the broker is asked where they end: what stayed is begun, no other."""
    one, two = tmp_path / "one", tmp_path / "two"
    check, asked, went = GroupMemberInLoop.check_places, asyncio.Event(), asyncio.Event()

    async def slow(self: GroupMemberInLoop, places: Mapping[TP, int]) -> None:
        await check(self, places)
        asked.set()
        await went.wait()

    monkeypatch.setattr(GroupMemberInLoop, "check_places", slow)
    async with running(stage_process.Claiming(str(one), frozenset(), pooled=False), settings):
        await asyncio.wait_for(asked.wait(), 60)
        async with member(settings, two, "listed"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))  # it was assigned some
            went.set()
            wanted = {f"v{n}" for n in range(40)}
            await send(settings, sorted(wanted))
            assert await asyncio.to_thread(until, lambda: wanted <= values(one) | values(two))
            assert values(one)
            assert values(two)


@pytest.mark.parametrize("library", sorted(VERSIONS))
async def test_another_version_of_a_library_is_refused(settings, monkeypatch, tmp_path, library):
    """The engine uses private parts of one version of each; with another one no app is made."""
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda of: "9.9" if of == library else real(of))
    with pytest.raises(WrongVersion, match=f"{library} {VERSIONS[library]} is needed, found 9.9"):
        check_version()
    with pytest.raises(WrongVersion):
        create_app(stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False), settings)


@pytest.mark.parametrize(
    ("assignment", "partitions"),
    [
        ([], set()),
        ([TP("a", 1), TP("b", 1)], {1}),
        ([TP("a", 0), TP("a", 2), TP("b", 2), TP("b", 0)], {0, 2}),
        ([TP("a", 0), TP("b", 0), TP("other", 5)], {0}),
    ],
)
def test_partitions_are_those_of_every_topic(assignment, partitions):
    """A stage owns a partition number in all of its topics or in none."""
    assert shared(assignment, ["a", "b"]) == partitions


@pytest.mark.parametrize(
    "assignment", [[TP("a", 0)], [TP("a", 0), TP("b", 1)], [TP("a", 0), TP("a", 1), TP("b", 0)]]
)
def test_unequal_partitions_are_refused(assignment):
    """State of a URL is in one place only if its topics are split alike."""
    with pytest.raises(UnequalPartitions):
        shared(assignment, ["a", "b"])
