"""Recovery on a real broker: a store ends up with the newest of every key, and always ends."""

import asyncio
import contextlib

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from scratch_topics import create_topic, ends, scratch_settings
from silent_server import silent_server

from agents.config import KafkaSettings, Settings, StateSettings
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read import recovery
from agents.engine.read.recovery import opened, recover
from agents.engine.stage import Send
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import MemoryStore

DEADLINE_S = 60


@pytest.fixture
def settings(bootstrap):
    return scratch_settings(bootstrap)


async def write(settings, topic, *pairs):
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        for pair in pairs:  # one batch each
            await outbox.send([Send(topic, *pair)])
    finally:
        await outbox.stop()


async def cut(settings, topic, before):
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        part = TopicPartition(settings.kafka.topic_prefix + topic, 0)
        await client.delete_records({part: RecordsToDelete(before)})
    finally:
        await client.close()


async def delete(settings, topic):
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        await client.delete_topics([topic])
        while topic in await client.list_topics():
            pass
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def transactions(settings, id):
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap,
        transactional_id=settings.kafka.topic_prefix + id,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def settle(settings, *ids):
    """Take the ids as an heir does: when that is answered every marker of theirs is written.

    A commit is answered before its markers are, and until then its records are not stable.
    """
    for id in ids:
        async with transactions(settings, id):
            pass


async def recovered(settings, topic, stores=None):
    """Recover partition 0 and return its store."""
    stores = {0: MemoryStore()} if stores is None else stores
    ready = []
    async with asyncio.timeout(DEADLINE_S):
        await recover(settings, topic, stores, ready.append)
    assert sorted(ready) == sorted(stores)
    return stores[0]


async def test_the_newest_of_every_key_is_held(settings):
    """In a log that was not compacted yet the last record of a key stands; a tombstone deletes."""
    await create_topic(settings, "t", 1)
    await write(settings, "t", (b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None), (b"c", b""))
    store = await recovered(settings, "t")
    assert dict(store.items()) == {b"a": b"2", b"c": b""}
    assert store.position == 5


async def test_every_partition_goes_to_its_own_store(settings):
    """More partitions than are read side by side; each store holds its own records and end."""
    count = 3 * recovery.AT_ONCE
    await create_topic(settings, "t", count)
    await write(settings, "t", *((b"%d" % n, b"v") for n in range(100)))
    stores = {p: MemoryStore() for p in range(count)}
    await recovered(settings, "t", stores)
    assert [s.position for s in stores.values()] == await ends(settings, "t", count)
    assert [len(s) for s in stores.values()] == [s.position for s in stores.values()]
    assert sum(map(len, stores.values())) == 100


async def test_a_partition_is_ready_before_the_last_one_is_read(settings):
    """Readiness is told when a partition's own position has passed its end: all is held then."""
    count = 3 * recovery.AT_ONCE
    await create_topic(settings, "t", count)
    await write(settings, "t", *((b"%d" % n, b"v") for n in range(200)))
    sizes = await ends(settings, "t", count)
    stores = {p: MemoryStore() for p in range(count)}
    held = []

    def ready(partition):
        assert len(stores[partition]) == sizes[partition]
        held.append(sum(map(len, stores.values())))

    async with asyncio.timeout(DEADLINE_S):
        await recover(settings, "t", stores, ready)
    assert held[0] < held[-1] == 200


async def test_what_is_left_to_read_is_told_and_falls(settings):
    """It begins with all that was written, beyond what a store holds already, and never rises."""
    count = 3 * recovery.AT_ONCE
    await create_topic(settings, "t", count)
    await write(settings, "t", *((b"%d" % n, b"v") for n in range(200)))
    left = []
    stores = {p: MemoryStore() for p in range(count)}
    async with asyncio.timeout(DEADLINE_S):
        await recover(settings, "t", stores, lambda _: None, left.append)
        assert left[0] == 200
        assert left == sorted(left, reverse=True)
        await write(settings, "t", (b"0", b"v"))
        await recover(settings, "t", stores, lambda _: None, left.append)
    assert left[-1] == 1


async def test_nothing_written_is_ready_at_once(settings):
    """An empty partition, and no partition at all, end without a record."""
    await create_topic(settings, "t", 1)
    store = await recovered(settings, "t")
    assert (len(store), store.position) == (0, 0)
    await recover(settings, "t", {}, pytest.fail)


async def test_a_log_cut_off_in_front_is_held_from_where_it_begins(settings):
    """Also one that was cut off to its end, where no record is left to wait for."""
    await create_topic(settings, "t", 1)
    await write(settings, "t", *((b"%d" % n, b"v") for n in range(10)))
    await cut(settings, "t", 7)
    assert list((await recovered(settings, "t")).keys()) == [b"7", b"8", b"9"]
    await cut(settings, "t", 10)
    assert len(await recovered(settings, "t")) == 0


async def test_compaction_at_the_tail_does_not_hold_it_up(settings):
    """Gaps in the offsets and tombstones that are gone are passed over."""
    quick = {
        "cleanup.policy": "compact",
        "segment.ms": "100",
        "min.cleanable.dirty.ratio": "0.01",
        "delete.retention.ms": "0",
        "max.compaction.lag.ms": "100",
    }
    await create_topic(settings, "t", 1, quick)
    for n in range(5):
        await write(settings, "t", (b"a", b"%d" % n), (b"gone", None))
    store = await recovered(settings, "t")
    assert dict(store.items()) == {b"a": b"4"}
    assert [store.position] == await ends(settings, "t", 1)


async def test_markers_and_aborted_records_at_the_tail_do_not_hold_it_up(settings):
    """The end stands behind an aborted transaction and its marker; nothing of it is held."""
    topic = await create_topic(settings, "t", 1)
    async with transactions(settings, "w") as producer:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept", b"k", partition=0)
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted", b"k", partition=0)
        await producer.send_and_wait(topic, b"aborted", b"l", partition=0)
        await producer.abort_transaction()
    await settle(settings, "w")
    store = await recovered(settings, "t")
    assert dict(store.items()) == {b"k": b"kept"}
    assert [store.position] == await ends(settings, "t", 1)


async def test_only_the_aborted_of_several_writers_is_left_out(settings):
    """Two writers whose transactions interleave in one partition; one aborts, one commits."""
    topic = await create_topic(settings, "t", 1)
    async with transactions(settings, "one") as one, transactions(settings, "two") as two:
        await one.begin_transaction()
        await two.begin_transaction()
        for n in range(4):
            await one.send_and_wait(topic, b"one", b"a%d" % n, partition=0)
            await two.send_and_wait(topic, b"two", b"b%d" % n, partition=0)
        await one.abort_transaction()
        await two.commit_transaction()
        async with one.transaction():
            await one.send_and_wait(topic, b"again", b"a0", partition=0)
    await settle(settings, "one", "two")
    store = await recovered(settings, "t")
    assert dict(store.items()) == {b"a0": b"again", **{b"b%d" % n: b"two" for n in range(4)}}


async def test_an_open_transaction_is_neither_waited_for_nor_held(settings):
    """A writer died in the middle: the end is what is stable, and its heir moves that on."""
    topic = await create_topic(settings, "t", 1)
    async with transactions(settings, "w") as producer:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"kept", b"k", partition=0)
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"open", b"k", partition=0)
        store = await recovered(settings, "t")
        assert (dict(store.items()), store.position) == ({b"k": b"kept"}, 2)
        await settle(settings, "w")
        await recovered(settings, "t", {0: store})
    assert dict(store.items()) == {b"k": b"kept"}
    assert [store.position] == await ends(settings, "t", 1)


async def test_a_store_that_stands_further_on_reads_only_the_rest(settings):
    """Also from the middle of a batch, and nothing where it stands at the end."""
    await create_topic(settings, "t", 1)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    await outbox.send([Send("t", b"%d" % n, b"v") for n in range(10)])
    await outbox.stop()
    store = MemoryStore()
    store.write([], 6)
    await recovered(settings, "t", {0: store})
    assert list(store.keys()) == [b"6", b"7", b"8", b"9"]
    store.write([(b"9", None)], 10)
    await recovered(settings, "t", {0: store})
    assert len(store) == 3


@pytest.mark.parametrize("position", [2, 11])
async def test_a_store_that_is_not_of_this_log_is_read_anew(settings, position):
    """It stands before the beginning, so it missed something, or behind the end: dropped whole."""
    await create_topic(settings, "t", 1)
    await write(settings, "t", *((b"%d" % n, b"v") for n in range(10)))
    await cut(settings, "t", 5)
    store = MemoryStore()
    store.write([(b"foreign", b"v")], position)
    await recovered(settings, "t", {0: store})
    assert list(store.keys()) == [b"5", b"6", b"7", b"8", b"9"]


async def test_a_store_of_a_topic_that_was_made_anew_is_read_anew(settings, capsys):
    """A topic deleted and made again under its name is another one, however long it is."""
    store = MemoryStore()
    for value in (b"old", b"new"):
        topic = await create_topic(settings, "t", 1)
        await write(settings, "t", (value, b"v"), (b"k", value))
        await recovered(settings, "t", {0: store})
        await delete(settings, topic)
    assert dict(store.items()) == {b"new": b"v", b"k": b"new"}
    assert capsys.readouterr().err.count("what was held of t/0 is not of this log") == 1


async def test_stores_whose_opening_is_cancelled_are_closed(tmp_path):
    """The partitions went while their stores were opened: others can open them at once."""
    place = DiskStores(tmp_path, StateSettings(), 3)
    opening = asyncio.create_task(opened(place, range(3)))
    await asyncio.sleep(0)  # it has begun
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    for store in (await opened(place, range(3))).values():
        store.close()
    place.close()


async def test_a_broker_that_says_nothing_ends_it(monkeypatch):
    """Without progress for the deadline recovery fails, instead of loading for ever."""
    monkeypatch.setattr(recovery, "PROGRESS_DEADLINE_S", 0.2)
    async with silent_server() as port:
        settings = Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(DEADLINE_S):
                await recover(settings, "t", {0: MemoryStore()}, pytest.fail)
