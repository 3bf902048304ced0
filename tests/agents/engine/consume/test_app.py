"""The engine as it runs: a stage under Faust's membership, killed in the middle of its work."""

import asyncio
import gc
import signal
import threading
from collections.abc import Sequence
from importlib import metadata

import pytest
import stage_process
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from faust.types import TP
from scratch_topics import create_topic, scratch_settings
from stage_members import PARTITIONS, handled, lines, member, send, values, written
from waiting import until

from agents.config import Settings
from agents.engine.consume.app import create_app, running
from agents.engine.consume.consumer import (
    VERSIONS,
    UnequalPartitions,
    WrongVersion,
    check_version,
    shared,
)
from agents.engine.consume.partition_queue import LIST_RECORDS_MAX
from agents.engine.failures import EXIT_CRASHED
from agents.engine.stage import Received
from schemas.identity.ids import partition_of

DEADLINE_S = 60


@pytest.fixture
async def settings(bootstrap) -> Settings:
    made = scratch_settings(bootstrap)
    await create_topic(made, stage_process.TOPIC, PARTITIONS)
    await create_topic(made, stage_process.BESIDE, PARTITIONS)
    return made


async def committed(settings: Settings) -> dict[int, int]:
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        prefix = settings.kafka.topic_prefix
        found = await client.list_consumer_group_offsets(prefix + stage_process.ROLE)
        return {
            p: found[TopicPartition(prefix + stage_process.TOPIC, p)].offset
            for p in range(PARTITIONS)
            if TopicPartition(prefix + stage_process.TOPIC, p) in found
        }
    finally:
        await client.close()


def counts(wanted: set[str]) -> dict[int, int]:
    """Return how many records stand in the partitions where nothing waits."""
    where = [partition_of(value.encode(), PARTITIONS) for value in wanted]
    return {p: where.count(p) for p in range(1, PARTITIONS)}


class Lengths(stage_process.Recorder):
    """Notes how long its lists are."""

    def __init__(self, file: str, waits: frozenset[str], *, pooled: bool) -> None:
        """Begin with none."""
        super().__init__(file, waits, pooled=pooled)
        self.lengths: list[int] = []

    async def handle(self, records: Sequence[Received]) -> None:
        """Note the length."""
        self.lengths.append(len(records))


@pytest.mark.parametrize("mode", ["listed", "pooled"])
async def test_a_kill_in_the_middle_loses_no_record(settings, tmp_path, mode):
    """Every record is handled after the restart; no commit had passed one that was not."""
    file = tmp_path / "handled"
    first, second = [f"a{n}" for n in range(60)], [f"b{n}" for n in range(60)]
    stuck = next(v for v in second if partition_of(v.encode(), PARTITIONS) == 0)
    await send(settings, first)
    async with member(settings, file, mode, stuck) as child:
        await written(file, set(first))
        await send(settings, second)
        await written(file, {f"- {stuck}"})
        if mode == "pooled":  # the others go on, and are committed where nothing waits
            await written(file, {*first, *second} - {stuck})
            async with asyncio.timeout(DEADLINE_S):
                ends = counts({*first, *second})
                while not ends.items() <= (await committed(settings)).items():
                    await asyncio.sleep(0.1)
        child.send_signal(signal.SIGKILL)
        await child.wait()
    offsets = await committed(settings)
    before = handled(file)
    for partition, offset in offsets.items():
        assert set(range(max(offset, 0))) <= set(before[partition])
    assert stuck not in values(file)
    async with member(settings, file, mode):
        await written(file, {*first, *second})


async def test_a_failing_stage_ends_its_process_uncommitted(settings, tmp_path):
    """An exception ends the process with code 70, names no value, and the record comes again."""
    file = tmp_path / "handled"
    await send(settings, ["fails"])
    for _ in range(2):
        async with member(settings, file, "listed") as child, asyncio.timeout(60):
            assert await child.wait() == EXIT_CRASHED
    assert max((await committed(settings)).values(), default=0) <= 0
    said = file.with_suffix(".err").read_text()
    assert "recorder stopped on ValueError" in said
    assert "fails" not in said


async def test_partitions_go_over_to_a_second_member(settings, tmp_path):
    """When a member joins and the first is killed, the second does all that was left."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))  # it was assigned some
            await send(settings, [f"v{n}" for n in range(40)])
            first.send_signal(signal.SIGKILL)
            await first.wait()
            wanted = {f"v{n}" for n in range(40)}
            assert await asyncio.to_thread(until, lambda: wanted <= values(one) | values(two))


async def test_a_static_member_takes_its_partitions_back(settings, tmp_path):
    """Started again after kill -9, a named member goes on long before its session times out."""
    file = tmp_path / "handled"
    for number in range(3):
        async with member(settings, file, "listed", instance="one") as child:
            await send(settings, [f"v{number}"])
            await written(file, {f"v{number}"})
            child.send_signal(signal.SIGKILL)
            assert await child.wait() == -signal.SIGKILL


async def test_a_member_that_stops_hands_over_at_once(settings, tmp_path):
    """A clean stop leaves the group, a static member's too: the other has all partitions then."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed", instance="one") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed", instance="two"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))
            first.send_signal(signal.SIGTERM)
            assert await first.wait() == 0
            await written(two, {f"assigned {PARTITIONS}"})
            wanted = {f"v{n}" for n in range(20)}
            await send(settings, sorted(wanted))
            await written(two, wanted)


async def test_a_stage_never_gets_what_was_taken_back(settings, tmp_path):
    """Records of an aborted transaction are passed over; what follows them is handled."""
    file, topic = tmp_path / "handled", settings.kafka.topic_prefix + stage_process.TOPIC
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, transactional_id=f"{topic}writer"
    )
    await producer.start()
    try:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted", partition=0)
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept", partition=0)
    finally:
        await producer.stop()
    async with member(settings, file, "listed"):
        await written(file, {"kept"})
    assert values(file) == {"kept"}


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


async def test_what_a_start_has_made_is_not_searched_for_garbage(settings, tmp_path):
    """Everything made until the stage is at work is frozen, and no longer once it has ended."""
    stage = stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False)
    assert gc.get_freeze_count() == 0
    async with running(stage, settings):
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0


async def test_the_consumer_lives_in_the_loop_of_the_stage(settings, tmp_path):
    """A stage at work has no thread beside the loop: none takes turns with it or outlives it."""
    stage = stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False)
    before = set(threading.enumerate())
    async with running(stage, settings):
        await send(settings, ["1"])
        await written(tmp_path / "f", {"1"})
        more = {one.name for one in set(threading.enumerate()) - before}
        assert not {name for name in more if not name.startswith("asyncio_")}  # this test's own


@pytest.mark.parametrize("library", sorted(VERSIONS))
async def test_another_version_of_a_library_is_refused(settings, monkeypatch, tmp_path, library):
    """The engine uses private parts of one version of each; with another one no app is made."""
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda of: "9.9" if of == library else real(of))
    with pytest.raises(WrongVersion, match=f"{library} {VERSIONS[library]} is needed, found 9.9"):
        check_version()
    with pytest.raises(WrongVersion):
        create_app(stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False), settings)


async def test_a_state_folder_that_is_not_there_is_made(settings, tmp_path):
    """The first worker on a machine starts without anybody having made its folder."""
    deep = settings.model_copy(update={"state_dir": tmp_path / "new" / "state"})
    create_app(stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False), deep)
    assert (tmp_path / "new" / "state" / "faust").is_dir()


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
