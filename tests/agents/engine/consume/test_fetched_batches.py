"""What a consumer fetched is taken piece by piece, and is what aiokafka's own way gives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from batches import PACKERS, append_raw, batch
from disk_damage import damage
from groups import append, append_in_transaction
from scratch_topics import create_topic, scratch_settings

from agents.config import ClockSettings, Settings
from agents.engine.consume.fetched_batches import Fetched
from agents.engine.failures import UnreadableBatch
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.disk_damage import DamageAsUnreadable
from agents.engine.stage import Received, Send, UnreadableInboxBatch
from schemas.closed_lists import Quarantine

TOPIC = "in"
INBOX, LEDGER = "hotline.north.v1", "reports.v1"
PARTITIONS = 3
DEADLINE_S = 60
POLL_S = 0.2
CREATE_TIME = {"message.timestamp.type": "CreateTime"}
APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}


@pytest.fixture
def settings(bootstrap):
    return scratch_settings(bootstrap)


@asynccontextmanager
async def consumer(
    settings: Settings, name: str = TOPIC, partitions: int = PARTITIONS
) -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a consumer on all partitions, at their beginning."""
    found = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka.bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        fetch_max_wait_ms=50,
    )
    await found.start()
    try:
        topic = settings.kafka.topic_prefix + name
        found.assign([TopicPartition(topic, number) for number in range(partitions)])
        await found.seek_to_beginning()
        yield found
    finally:
        await found.stop()


def pieces(settings: Settings, of: AIOKafkaConsumer) -> Fetched:
    return Fetched(of._fetcher, settings.kafka.topic_prefix, settings.clock.clock())


async def taken(
    fetched: Fetched, wanted: set[TopicPartition], count: int
) -> dict[TopicPartition, list[Received]]:
    """Take until there are so many records."""
    found: dict[TopicPartition, list[Received]] = {}
    async with asyncio.timeout(DEADLINE_S):
        while sum(map(len, found.values())) < count:
            for tp, records in (await fetched.take(wanted, POLL_S)).items():
                found.setdefault(tp, []).extend(records)
    return found


@pytest.mark.parametrize("times", [CREATE_TIME, APPEND_TIME])
async def test_it_is_what_aiokafka_gives(settings, times):
    """Keys, values, headers, offsets and times are those of aiokafka's own records.

    Aborted records, markers and tombstones stand between them; positions end where its own end.
    """
    await create_topic(settings, TOPIC, PARTITIONS, times)
    await append(settings, TOPIC, [b"a", None, b"b"], 0, key=b"k")
    await append_in_transaction(settings, TOPIC, [(b"k", b"lost")], partition=0, commit=False)
    await append_in_transaction(settings, TOPIC, [(b"k", b"kept"), (None, b"")], partition=0)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    await outbox.send([Send(TOPIC, b"h", b"v", (("one", b"1"), ("two", b"")), partition=1)])
    await outbox.stop()
    async with consumer(settings) as ours, consumer(settings) as theirs:
        found = await taken(pieces(settings, ours), ours.assignment(), 6)
        wanted: dict[TopicPartition, list[Received]] = {}
        while len([one for part in wanted.values() for one in part]) < 6:
            for tp, records in (await theirs.getmany(timeout_ms=200)).items():
                wanted.setdefault(tp, []).extend(
                    Received(
                        TOPIC,
                        one.partition,
                        one.offset,
                        one.timestamp,
                        one.key or b"",
                        one.value,
                        one.headers,
                    )
                    for one in records
                )
        assert found == wanted
        for tp in found:
            assert await ours.position(tp) == await theirs.position(tp)


async def test_what_is_not_wanted_stays(settings):
    """Records of a partition that is not asked for are there when it is; none comes twice."""
    await create_topic(settings, TOPIC, PARTITIONS)
    for number in range(PARTITIONS):
        await append(settings, TOPIC, [b"%d" % n for n in range(20)], number)
    async with consumer(settings) as it:
        fetched, all_of_it = pieces(settings, it), it.assignment()
        first = {tp for tp in all_of_it if tp.partition == 0}
        early = await taken(fetched, first, 20)
        late = await taken(fetched, all_of_it, 40)
        assert early.keys() == first
        assert late.keys() == all_of_it - first
        assert await fetched.take(all_of_it, POLL_S) == {}


async def test_what_was_fetched_before_a_seek_or_a_pause_is_not_given(settings):
    """Fetched records of a place the consumer left are dropped; those of the new place come."""
    await create_topic(settings, TOPIC, PARTITIONS)
    await append(settings, TOPIC, [b"%d" % n for n in range(20)], 0)
    async with consumer(settings) as it:
        fetched, (part,) = pieces(settings, it), (tp for tp in it.assignment() if not tp.partition)
        async with asyncio.timeout(DEADLINE_S):
            while part not in it._fetcher._records:
                await asyncio.sleep(0.01)
        it.seek(part, 15)
        found = await taken(fetched, {part}, 5)
        assert [one.offset for one in found[part]] == [15, 16, 17, 18, 19]
        it.seek(part, 18)
        it.pause(part)
        assert await fetched.take({part}, POLL_S) == {}
        it.resume(part)
        found = await taken(fetched, {part}, 2)
        assert [one.offset for one in found[part]] == [18, 19]


async def test_append_times_come_in_world_time(bootstrap):
    """The broker's wall time is brought into the world's: here twice as fast from its epoch."""
    real = scratch_settings(bootstrap)
    fast = real.model_copy(update={"clock": ClockSettings(speed=2.0)})
    await create_topic(real, TOPIC, PARTITIONS, APPEND_TIME)
    await append(real, TOPIC, [b"v"])
    times = []
    for settings in (real, fast):
        async with consumer(settings) as it:
            found = await taken(pieces(settings, it), it.assignment(), 1)
            times += [one.appended_at for records in found.values() for one in records]
    assert times[1] == 2 * times[0]


@pytest.mark.parametrize("packer", PACKERS)
async def test_every_codec_comes_through_a_broker(settings, packer):
    """Sound batches give their records, a bomb between them one record of all its offsets."""
    await create_topic(settings, INBOX, PARTITIONS)
    sound = batch([(b"k", b"v" * 90)] * 50, packer)
    bomb = batch([(b"k", bytes(1_000_000))] * 9, "zstd" if packer == "none" else packer)
    for raw in (sound, bomb, sound):
        await append_raw(settings, INBOX, raw)
    async with consumer(settings, INBOX) as it:
        found = (await taken(pieces(settings, it), it.assignment(), 101)).popitem()[1]
    assert [one.offset for one in found] == [*range(51), *range(59, 109)]
    (large,) = (one for one in found if isinstance(one, UnreadableInboxBatch))
    assert (large.offset, large.last_offset, large.fault) == (50, 58, Quarantine.TOO_LARGE)
    assert large.appended_at == found[51].appended_at or large.appended_at > 0


async def test_bombs_of_one_partition_let_the_others_pass(settings):
    """Each call takes one of them at most, and what came of other partitions comes in between."""
    await create_topic(settings, INBOX, PARTITIONS)
    bomb = batch([(b"k", bytes(3_000_000))] * 3, "zstd")
    await append_raw(settings, INBOX, bomb, times=50)
    await append_raw(settings, INBOX, batch([(b"k", b"v")] * 10), 1)
    order = []
    async with consumer(settings, INBOX) as it:
        fetched = pieces(settings, it)
        async with asyncio.timeout(DEADLINE_S):
            while len(order) < 51:
                for tp, records in (await fetched.take(it.assignment(), POLL_S)).items():
                    order.append(tp.partition)
                    assert len(records) == (10 if tp.partition else 1)
    assert 1 in order[:3]


LENGTH_AT, HEAD_BYTES = 8, 12
FLIPS = {
    "value": (70, 0x01),
    "length below zero": (LENGTH_AT, 0x80),
    "format": (16, 0x03),
    "offset": (1, 0x01),
    "count of offsets": (23, 0x40),
}


@pytest.mark.parametrize("flip", FLIPS)
async def test_flipped_bits_on_a_broker_s_disk_end_nothing(damaged_broker, flip):
    """Every offset is told of once, the batches in front as records, and reading goes on."""
    broker, folder = damaged_broker
    settings = scratch_settings(broker.bootstrap)
    topic = await create_topic(settings, INBOX, 1, APPEND_TIME)
    for number in range(3):
        await append_raw(settings, INBOX, batch([(b"k", b"v%d" % number)] * 3))
    segment = folder / "log" / f"{topic}-0" / f"{0:020}.log"
    content = bytearray(segment.read_bytes())
    second = HEAD_BYTES + int.from_bytes(content[LENGTH_AT:HEAD_BYTES])
    at, bits = FLIPS[flip]
    content[second + at] ^= bits
    with segment.open("r+b") as file:
        file.write(content)
    async with consumer(settings, INBOX, 1) as it:
        it._client.send = DamageAsUnreadable(it._client.send).send
        fetched, found = pieces(settings, it), []
        async with asyncio.timeout(DEADLINE_S):
            while not found or found[-1].next_offset < 9:
                for records in (await fetched.take(it.assignment(), POLL_S)).values():
                    found += records
    covered = [offset for one in found for offset in range(one.offset, one.next_offset)]
    assert covered == list(range(9))
    assert [type(one) for one in found[:4]] == [Received] * 3 + [UnreadableInboxBatch]


@pytest.mark.parametrize("topic", [INBOX, LEDGER])
async def test_what_a_broker_leaves_out_between_two_files_is_told_of(damaged_broker, topic):
    """A length leads behind the end of its file, and it goes on with the next one."""
    broker, folder = damaged_broker
    settings = scratch_settings(broker.bootstrap)
    config = APPEND_TIME | {"segment.bytes": "1048576"}  # so each batch has its own
    name = await create_topic(settings, topic, 1, config)
    for _ in range(3):
        await append_raw(settings, topic, batch([(b"k", bytes(200_000))] * 3))
    damage(folder / "log" / f"{name}-0", 0, "length that leads behind the end")
    async with consumer(settings, topic, 1) as it:
        fetched = pieces(settings, it)
        if topic == LEDGER:
            with pytest.raises(UnreadableBatch, match=rf"{LEDGER}/0/0 begins"):
                await taken(fetched, it.assignment(), 1)
            return
        found = (await taken(fetched, it.assignment(), 7)).popitem()[1]
    assert [one.offset for one in found] == [0, *range(3, 9)]
    assert isinstance(found[0], UnreadableInboxBatch)
    assert found[0].next_offset == 3
