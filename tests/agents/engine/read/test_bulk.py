"""Bulk reading on a real broker: it ends by position, whatever stands before the end."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from scratch_topics import create_topic, ends, scratch_settings
from silent_server import silent_server

from agents.config import ClockSettings, KafkaSettings, Settings
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read import bulk
from agents.engine.read.bulk import Follower, read_partitions
from agents.engine.stage import Send

DEADLINE_S = 60


@pytest.fixture
def settings(bootstrap):
    return scratch_settings(bootstrap)


async def values(settings, topic, partitions):
    found = []
    async with asyncio.timeout(DEADLINE_S):
        async for records in read_partitions(settings, topic, partitions):
            found += [record.value for record in records]
    return found


async def write(settings, topic, *pairs):
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(topic, key, value) for key, value in pairs])
    finally:
        await outbox.stop()


async def truncate(settings, topic, partition, before):
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        part = TopicPartition(settings.kafka.topic_prefix + topic, partition)
        await client.delete_records({part: RecordsToDelete(before)})
    finally:
        await client.close()


async def test_empty_partitions_end_at_once(settings):
    """Nothing written, nothing read, and the end is found; no partition asks nobody."""
    await create_topic(settings, "empty", 3)
    assert await values(settings, "empty", range(3)) == []
    assert await values(settings, "empty", ()) == []


async def test_only_the_wanted_partitions_are_read(settings):
    """Records of partitions that were not asked for stay unread; offsets ascend."""
    await create_topic(settings, "parts", 3)
    await write(settings, "parts", *((f"{n}".encode(), b"v") for n in range(300)))
    sizes = await ends(settings, "parts", 3)
    assert all(sizes)
    found = []
    async for records in read_partitions(settings, "parts", (1, 2)):
        found += records
    for partition in (1, 2):
        offsets = [r.offset for r in found if r.partition == partition]
        assert offsets == list(range(sizes[partition]))
    assert len(found) == sizes[1] + sizes[2]


async def test_a_log_cut_off_in_front_is_read_from_where_it_begins(settings):
    """Deleted records are passed over; a log deleted to its end is read as empty."""
    await create_topic(settings, "cut", 1)
    await write(settings, "cut", *((b"k", f"{n}".encode()) for n in range(10)))
    await truncate(settings, "cut", 0, 7)
    assert await values(settings, "cut", (0,)) == [b"7", b"8", b"9"]
    await truncate(settings, "cut", 0, 10)
    assert await values(settings, "cut", (0,)) == []


async def test_tombstones_at_the_end_are_read_as_none(settings):
    """A compacted topic that ends in tombstones is read to its end."""
    await create_topic(settings, "table", 1, {"cleanup.policy": "compact"})
    await write(settings, "table", (b"a", b"1"), (b"b", b"2"), (b"a", None), (b"b", None))
    assert await values(settings, "table", (0,)) == [b"1", b"2", None, None]


async def test_compaction_away_of_what_stood_last_does_not_hold_the_reader(settings):
    """After the cleaner has run, offsets have gaps; the reader ends with what is left."""
    quick = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "delete.retention.ms": "0",
        "max.compaction.lag.ms": "100",
    }
    await create_topic(settings, "compact", 1, quick)
    for n in range(4):
        await write(settings, "compact", (b"a", f"{n}".encode()), (b"gone", None))
    found = await values(settings, "compact", (0,))
    assert found[-2:] == [b"3", None]
    assert b"3" in found


async def test_aborted_transactions_are_not_seen(settings):
    """What a fenced or failed writer left is passed over, also as the last of a partition."""
    topic = await create_topic(settings, "tx", 1)
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap, transactional_id=f"{topic}writer"
    )
    await producer.start()
    try:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept", partition=0)
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted", partition=0)
        await producer.abort_transaction()
    finally:
        await producer.stop()
    assert await values(settings, "tx", (0,)) == [b"kept"]


async def test_a_follower_finds_all_partitions_and_goes_on(settings):
    """Without partitions named it reads all of them, says when it has caught up, and follows."""
    await create_topic(settings, "all", 4)
    await write(settings, "all", *((f"{n}".encode(), b"old") for n in range(40)))
    follower = Follower(settings, "all")
    found = []
    async with asyncio.timeout(DEADLINE_S):
        await follower.start()
        try:
            while not follower.caught_up:
                assert follower.left == 40 - len(found)
                found += await follower.poll()
            assert (len(found), follower.left) == (40, 0)
            assert {r.partition for r in found} == set(range(4))
            await write(settings, "all", (b"1", b"new"))
            while len(found) < 41:
                found += await follower.poll()
        finally:
            await follower.stop()
    assert found[-1].value == b"new"
    assert found[-1].topic == "all"


async def test_a_follower_waits_for_a_topic_that_comes_later(settings):
    """A topic that does not exist yet is followed from its first record."""
    follower = Follower(settings, "later")
    async with asyncio.timeout(DEADLINE_S):
        starting = asyncio.create_task(follower.start())
        await create_topic(settings, "later", 2)
        await starting
        try:
            await write(settings, "later", (b"k", b"v"))
            found = []
            while not found:
                found = await follower.poll()
        finally:
            await follower.stop()
    assert [record.value for record in found] == [b"v"]


async def test_append_times_come_in_world_time(bootstrap):
    """The broker's wall time is brought into the world's: here twice as fast from its epoch."""
    real = scratch_settings(bootstrap)
    fast = real.model_copy(update={"clock": ClockSettings(speed=2.0)})
    await create_topic(real, "clock", 1)
    await write(real, "clock", (b"k", b"v"))
    times = []
    for settings in (real, fast):
        async for records in read_partitions(settings, "clock", (0,)):
            times += [record.appended_at for record in records]
    assert times[1] == 2 * times[0]


async def test_a_follower_goes_on_when_its_broker_comes_back(tmp_path):
    """While the broker is away it has nothing to say; then it goes on where it was."""
    with LocalBroker(tmp_path) as broker:
        settings = scratch_settings(broker.bootstrap)
        await create_topic(settings, "t", 2)
        await write(settings, "t", (b"k", b"before"))
        follower = Follower(settings, "t")
        await follower.start()
        found = []
        async with asyncio.timeout(2 * DEADLINE_S):
            while not follower.caught_up:
                found += await follower.poll()
            await asyncio.to_thread(broker.stop)
            for _ in range(5):
                found += await follower.poll()
            await asyncio.to_thread(broker.start)
            await write(settings, "t", (b"k", b"after"))
            while len(found) < 2:
                found += await follower.poll()
            await follower.stop()
    assert [record.value for record in found] == [b"before", b"after"]


async def test_a_follower_that_cannot_load_fails(monkeypatch):
    """Before it has caught up it must get on within the deadline."""
    monkeypatch.setattr(bulk, "ANSWER_DEADLINE_S", 0.2)
    async with silent_server() as port:
        follower = Follower(Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}")), "t")
        try:
            with pytest.raises(TimeoutError):
                await follower.start()
        finally:
            await follower.stop()


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_topics_that_the_broker_compresses_are_read(settings, codec):
    """docs/operations.md advises it: the broker packs what we write, and nothing else changes."""
    await create_topic(settings, "packed", 1, {"compression.type": codec})
    wanted = [f"value {n % 7} ".encode() * 20 for n in range(3_000)]
    await write(settings, "packed", *((b"k", value) for value in wanted))
    assert await values(settings, "packed", [0]) == wanted
