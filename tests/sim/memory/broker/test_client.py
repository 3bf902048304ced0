"""Laws of a broker, asked of the real one and of the one in memory that the simulator has."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from scratch_topics import create_topic, scratch_settings

from agents.engine.failures import Fenced
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions as KafkaTransactions
from agents.engine.read.brokers import ends_of, local, reader_of
from agents.engine.read.bulk import read_partitions
from agents.engine.read.recovery import recover
from agents.engine.stage import Send
from agents.engine.state.store import MemoryStore
from schemas.identity.partitions import partitions_of
from sim.memory.broker.broker import PARTITIONS, Broker
from sim.memory.broker.client import Local, Outbox, Transactions

TOPIC = "facts.v1"
STATE = "cases.v1"
ROLE = "keeper"
GROUP = "readers"
FIRST = frozenset({0})
DEADLINE_S = 60


class Calm:
    """Of the broker in memory: nothing goes wrong."""

    def again_ms(self):
        """Write nothing twice."""
        return

    def loses(self):
        """Lose no transaction."""
        return False


class OnKafka:
    """The real broker, by the engine's own clients."""

    def __init__(self, settings):
        self.settings = settings
        self.outbox = KafkaOutbox(settings)

    def writer(self):
        """Return a writer in transactions."""
        return KafkaTransactions(self.settings, ROLE)

    def topic(self, name):
        """Return a topic's full name."""
        return self.settings.kafka.topic_prefix + name

    async def half(self, writer, send):
        """Write a record in a transaction that stays open."""
        producer = writer._writers[send.partition].producer
        await producer.begin_transaction()
        batch = producer.create_batch()
        batch.append(timestamp=None, key=send.key, value=send.value)
        await (await producer.send_batch(batch, self.topic(send.topic), partition=send.partition))

    async def abort(self, writer, partition):
        """Take back what is open."""
        await writer._writers[partition].producer.abort_transaction()

    @asynccontextmanager
    async def member(self):
        """Be a client of the group."""
        group = self.topic(GROUP)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka.bootstrap,
            group_id=group,
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def commit(self, topic, partition, offset):
        """Note how far the group has come."""
        async with self.member() as member:
            part = TopicPartition(self.topic(topic), partition)
            member.assign([part])
            await member.commit({part: offset})

    async def committed(self, topic, partition):
        """Return how far the group has come."""
        async with self.member() as member:
            return await member.committed(TopicPartition(self.topic(topic), partition)) or 0


class InMemory:
    """The simulator's, by the clients that its stages have."""

    def __init__(self, settings, broker):
        self.settings = settings
        self.broker = broker
        self.outbox = Outbox(broker, None, Calm())

    def writer(self):
        """Return a writer in transactions."""
        return Transactions(self.broker, ROLE, Calm())

    def topic(self, name):
        """Return a topic's full name."""
        return name

    async def half(self, writer, send):
        """Write a record in a transaction that stays open."""
        owner = f"{ROLE}-{send.partition}"
        self.broker.put(owner, writer._epochs[send.partition], [send])

    async def abort(self, writer, partition):
        """Take back what is open."""
        self.broker.abort(f"{ROLE}-{partition}")

    async def commit(self, topic, partition, offset):
        """Note how far the group has come."""
        self.broker.commit(GROUP, partition, {topic: offset})

    async def committed(self, topic, partition):
        """Return how far the group has come."""
        return self.broker.offsets(GROUP, [topic], partition)[topic]


@pytest.fixture(params=["kafka", "memory"])
async def broker(request):
    if request.param == "memory":
        made = Broker(lambda: time.time_ns() // 1_000_000)
        with local("memory-test", Local(made, lambda wall_ms: wall_ms)):
            settings = scratch_settings("memory-test")
            kafka = settings.kafka.model_copy(update={"topic_prefix": ""})
            yield InMemory(settings.model_copy(update={"kafka": kafka}), made)
        return
    settings = scratch_settings(request.getfixturevalue("bootstrap"))
    stamped = {"message.timestamp.type": "LogAppendTime"}
    for topic, more in ((TOPIC, {}), (STATE, {"cleanup.policy": "compact"})):
        await create_topic(settings, topic, PARTITIONS, stamped | more)
    found = OnKafka(settings)
    await found.outbox.start()
    yield found
    await found.outbox.stop()


@pytest.fixture
async def owner(broker):
    made = broker.writer()
    await made.open(FIRST)
    yield made
    await made.close(FIRST)


async def read(broker, topic=TOPIC, since=None):
    found = []
    async with asyncio.timeout(DEADLINE_S):
        async for records in read_partitions(
            broker.settings, topic, range(PARTITIONS), since=since or {}
        ):
            found += records
    return sorted(found, key=lambda record: (record.partition, record.offset))


def state(value, key=b"k"):
    return Send(STATE, key, value, partition=0)


async def ends(broker, topic):
    async with ends_of(broker.settings, (topic,)) as asked:
        return {p: found[topic] for p, found in (await asked.of(range(PARTITIONS))).items()}


async def test_a_key_has_one_partition_and_its_order(broker):
    """It is the partition of Java's partitioner; a record's own place goes before its key's."""
    keys = [b"key-%d" % n for n in range(5)]
    homes = dict(zip(keys, partitions_of(keys, PARTITIONS), strict=True))
    for begun in (0, 20):
        await broker.outbox.send(
            [Send(TOPIC, keys[n % 5], b"%d" % n) for n in range(begun, begun + 20)]
        )
    await broker.outbox.send([Send(TOPIC, b"placed", b"40", partition=3)])
    found = await read(broker)
    for n, key in enumerate(keys):
        mine = [one for one in found if one.key == key]
        assert [int(one.value) for one in mine] == list(range(n, 40, 5))
        assert {one.partition for one in mine} == {homes[key]}
    assert [one.partition for one in found if one.key == b"placed"] == [3]


async def test_offsets_are_for_ever_and_follow_each_other(broker):
    """Without transactions none is missing, and whoever reads on from one finds what is behind."""
    await broker.outbox.send([Send(TOPIC, b"k", b"%d" % n, partition=1) for n in range(30)])
    found = await read(broker)
    assert [one.offset for one in found] == list(range(30))
    assert (await ends(broker, TOPIC))[1] == 30
    again = await read(broker, since={1: 17})
    assert again == found[17:]
    assert await read(broker, since={1: 30}) == []


async def test_append_times_never_go_back(broker):
    """The broker stamps records, whatever their writers' clocks show, and reading asks by it."""
    for n in range(4):
        await broker.outbox.send([Send(TOPIC, b"k", b"%d" % n, partition=0)])
        await asyncio.sleep(0.002)  # so that the stamps differ
    found = await read(broker)
    times = [one.appended_at for one in found]
    assert times == sorted(times)
    assert len(set(times)) > 1
    reader = reader_of(broker.settings.kafka, broker.topic(TOPIC))
    try:
        await reader.start()
        asked = await reader.since([0, 1], times[2])
        after = await reader.since([0], times[-1] + 3_600_000)
    finally:
        await reader.stop()
    assert asked == {0: times.index(times[2])}
    assert after == {}


async def test_what_is_written_as_one_is_seen_whole_or_not_at_all(broker, owner):
    """An open transaction hides itself and all that stands behind it; one taken back is nothing."""
    await owner.write(0, [state(b"a"), state(b"b", b"position")])
    await broker.half(owner, state(b"half"))
    await broker.outbox.send([state(b"beside")])
    assert [one.value for one in await read(broker, STATE)] == [b"a", b"b"]
    assert (await ends(broker, STATE))[0] == 3
    await broker.abort(owner, 0)
    while (await ends(broker, STATE))[0] == 3:  # its marker is written after the answer
        await read(broker, STATE)
    assert [one.value for one in await read(broker, STATE)] == [b"a", b"b", b"beside"]


async def test_markers_and_what_was_taken_back_leave_gaps(broker, owner):
    """Each transaction ends with a marker that has an offset of its own and is no record."""
    firsts = [await owner.write(0, [state(b"%d" % n), state(b"%d" % n)]) for n in range(2)]
    await broker.half(owner, state(b"half"))
    await broker.abort(owner, 0)
    firsts.append(await owner.write(0, [state(b"last")]))
    assert firsts == [{STATE: 0}, {STATE: 3}, {STATE: 8}]
    assert [one.offset for one in await read(broker, STATE)] == [0, 1, 3, 4, 8]
    assert (await ends(broker, STATE))[0] == 10


async def test_a_table_is_loaded_to_its_end_over_gaps(broker, owner):
    """What stands last may be a marker; the store stands at the end all the same."""
    await owner.write(0, [state(b"a", b"x"), state(b"b", b"y")])
    await owner.write(0, [state(b"c", b"x")])
    store, ready = MemoryStore(), []
    async with asyncio.timeout(DEADLINE_S):
        await recover(broker.settings, STATE, {0: store}, ready.append)
    assert ready == [0]
    assert dict(store.items()) == {b"x": b"c", b"y": b"b"}
    assert store.position == 5


async def test_of_two_owners_only_the_newer_writes(broker, owner):
    """What the older one left open is taken back, and nothing more of it stands."""
    await owner.write(0, [state(b"old")])
    await broker.half(owner, state(b"half"))
    heir = broker.writer()
    await heir.open(FIRST)
    try:
        await heir.write(0, [state(b"new")])
        with pytest.raises(Fenced):
            await owner.write(0, [state(b"older")])
        assert [one.value for one in await read(broker, STATE)] == [b"old", b"new"]
    finally:
        await heir.close(FIRST)


async def test_a_group_goes_on_where_it_came_to(broker):
    """By topic and partition the newest word counts; without one it is the beginning."""
    await broker.outbox.send([Send(TOPIC, b"k", b"v", partition=2)])
    assert await broker.committed(TOPIC, 2) == 0
    for offset in (1, 5, 3):
        await broker.commit(TOPIC, 2, offset)
    assert await broker.committed(TOPIC, 2) == 3
    assert await broker.committed(TOPIC, 1) == 0
    assert await broker.committed(STATE, 2) == 0


async def test_a_tombstone_takes_its_key_out_of_a_table_and_an_empty_value_does_not(broker, owner):
    """Whoever reads the topic is given None for the one and no bytes for the other."""
    await owner.write(0, [state(b"a", b"gone"), state(b"b", b"empty")])
    await owner.write(0, [state(None, b"gone"), state(b"", b"empty")])
    assert [one.value for one in await read(broker, STATE)] == [b"a", b"b", None, b""]
    store = MemoryStore()
    async with asyncio.timeout(DEADLINE_S):
        await recover(broker.settings, STATE, {0: store}, lambda _: None)
    assert dict(store.items()) == {b"empty": b""}
