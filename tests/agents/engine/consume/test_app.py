"""The engine as it runs: a stage under Faust's membership, killed in the middle of its work."""

import asyncio
import gc
import signal

import pytest
import stage_process
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from scratch_topics import create_topic, scratch_settings
from stage_members import PARTITIONS, handled, member, send, values, written

from agents.config import Settings
from agents.engine.consume.app import create_app, running
from agents.engine.failures import EXIT_CRASHED
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


async def test_what_a_start_has_made_is_not_searched_for_garbage(settings, tmp_path):
    """Everything made until the stage is at work is frozen, and no longer once it has ended."""
    stage = stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False)
    gc.unfreeze()  # a test of this process may have been cancelled while it was frozen
    async with running(stage, settings):
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0


async def test_a_state_folder_that_is_not_there_is_made(settings, tmp_path):
    """The first worker on a machine starts without anybody having made its folder."""
    deep = settings.model_copy(update={"state_dir": tmp_path / "new" / "state"})
    create_app(stage_process.Recorder(str(tmp_path / "f"), frozenset(), pooled=False), deep)
    assert (tmp_path / "new" / "state" / "faust").is_dir()
