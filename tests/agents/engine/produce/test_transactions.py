"""Transactions on a real broker: all or nothing, and one writer a partition."""

import asyncio
import gc

import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from scratch_topics import create_topic, scratch_settings

from agents.engine.failures import SendFailed
from agents.engine.produce.batches import BATCH_BYTES_MAX
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send

PARTITIONS = 2
ROLE = "keeper"
BOTH = frozenset({0, 1})


@pytest.fixture
async def settings(bootstrap):
    made = scratch_settings(bootstrap)
    await create_topic(made, "state", PARTITIONS)
    await create_topic(made, "ledger", PARTITIONS)
    return made


@pytest.fixture
async def owner(settings):
    made = Transactions(settings, ROLE)
    await made.open(BOTH)
    yield made
    await made.close(BOTH)


async def stored(settings) -> list[tuple[int, bytes]]:
    found = []
    async for records in read_partitions(settings, "state", BOTH):
        found += [(record.partition, record.value) for record in records]
    return sorted(found)


def state(value: str, partition: int = 0) -> Send:
    return Send("state", b"k", value.encode(), partition=partition)


async def test_what_is_written_stands_together(settings, owner):
    """Once written, readers of what is committed see all of it; where it stands is told."""
    assert await owner.write(0, [state("a"), state("b")]) == {"state": 0}
    assert await owner.write(0, [Send("ledger", b"k", b"beside", partition=0)]) == {"ledger": 0}
    assert (await owner.write(0, [])) == {}
    await owner.write(1, [state("c", 1)])
    assert await stored(settings) == [(0, b"a"), (0, b"b"), (1, b"c")]


async def test_writes_of_one_partition_follow_each_other(settings, owner):
    """Calls side by side are transactions one after the other, each whole."""
    writes = [owner.write(0, [state(f"{n:02}")]) for n in range(20)]
    await asyncio.gather(*writes)
    assert await stored(settings) == [(0, f"{n:02}".encode()) for n in range(20)]


async def test_an_earlier_owner_writes_nothing_more(settings, owner):
    """Whoever opens a partition fences its last owner, and only of this partition."""
    await owner.write(0, [state("old")])
    heir = Transactions(settings, ROLE)
    await heir.open(frozenset({0}))
    try:
        await heir.write(0, [state("new")])
        with pytest.raises(SendFailed):
            await owner.write(0, [state("older state")])
        await owner.write(1, [state("its own", 1)])
        assert await stored(settings) == [(0, b"new"), (0, b"old"), (1, b"its own")]
    finally:
        await heir.close(frozenset({0}))


async def test_what_an_earlier_owner_left_open_is_taken_back(settings, owner):
    """A transaction under way at a takeover counts for nobody, and holds up no reader after it."""
    producer = owner._writers[0].producer
    await producer.begin_transaction()
    batch = producer.create_batch()
    batch.append(timestamp=None, key=b"k", value=b"half")
    topic = settings.kafka.topic_prefix + "state"
    await (await producer.send_batch(batch, topic, partition=0))
    heir = Transactions(settings, ROLE)
    await heir.open(frozenset({0}))
    try:
        assert await stored(settings) == []
        await heir.write(0, [state("whole")])
        assert await stored(settings) == [(0, b"whole")]
    finally:
        await heir.close(frozenset({0}))


async def test_what_was_begun_before_its_records_were_known_stands_together(settings, owner):
    """A transaction begun ahead is that of the next write, and of no later one."""
    owner.begin(0, ["state", "ledger"])
    owner.begin(0, ["state"])
    assert owner._writers[0].producer._txn_manager.is_in_transaction()
    assert await owner.write(0, [state("a"), state("b")]) == {"state": 0}
    assert not owner._writers[0].producer._txn_manager.is_in_transaction()
    await owner.write(0, [state("c")])
    assert await stored(settings) == [(0, b"a"), (0, b"b"), (0, b"c")]


async def test_no_transaction_begins_during_a_write(settings, owner):
    """A stage that begins beside a position's write leaves that one as it is."""
    under_way = asyncio.create_task(owner.write(0, [state("a")]))
    while not owner._writers[0].lock.locked():
        await asyncio.sleep(0)
    owner.begin(0, ["state"])
    await under_way
    await owner.write(0, [state("b")])
    assert await stored(settings) == [(0, b"a"), (0, b"b")]


async def test_whoever_was_fenced_after_it_began_ahead_writes_nothing(settings, owner):
    """A takeover between the beginning and the write fails the write; nothing of it stands."""
    owner.begin(0, ["state"])
    heir = Transactions(settings, ROLE)
    await heir.open(frozenset({0}))
    try:
        await heir.write(0, [state("new")])
        with pytest.raises(SendFailed):
            await owner.write(0, [state("older state")])
        assert await stored(settings) == [(0, b"new")]
    finally:
        await heir.close(frozenset({0}))


TOO_LARGE = Send("state", b"k", b"x" * (BATCH_BYTES_MAX + 100_000), partition=0)


@pytest.mark.parametrize(
    "second",
    [Send("ledger", b"k", b"beside", partition=0), TOO_LARGE],
    ids=["refused_by_the_broker", "refused_here"],
)
@pytest.mark.parametrize("ahead", [False, True], ids=["begun_with_the_write", "begun_ahead"])
async def test_whoever_writes_is_told_of_a_refusal_once(settings, ahead, second):
    """No future of the producer tells it again, with a traceback, when it is gone."""
    told_again: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, of: told_again.append(of))
    owner, heir = Transactions(settings, ROLE), Transactions(settings, ROLE)
    await owner.open(frozenset({0}))
    if ahead:
        owner.begin(0, ["state"])
    await heir.open(frozenset({0}))
    with pytest.raises(SendFailed):
        await owner.write(0, [state("a"), second])
    await owner.close(frozenset({0}))
    await heir.close(frozenset({0}))
    del owner
    gc.collect()
    assert told_again == []


async def test_a_topic_that_cannot_be_written_fails_the_write_and_not_the_beginning(settings):
    """What the broker refuses of a transaction begun ahead is told where records are written."""
    owner = Transactions(settings, ROLE)
    await owner.open(frozenset({0}))
    owner.begin(0, ["nowhere"])
    manager = owner._writers[0].producer._txn_manager
    manager.error_transaction(TopicAuthorizationFailedError("nowhere"))
    with pytest.raises(SendFailed, match="TopicAuthorizationFailedError"):
        await owner.write(0, [state("a")])
    assert await stored(settings) == []
    await owner.close(frozenset({0}))


async def test_a_refused_record_leaves_nothing_of_its_transaction(settings):
    """A record the broker does not take fails the write; the others do not stand."""
    owner = Transactions(settings, ROLE)
    await owner.open(frozenset({0}))
    with pytest.raises(SendFailed):
        await owner.write(0, [state("a"), TOO_LARGE])
    heir = Transactions(settings, ROLE)
    await heir.open(frozenset({0}))
    try:
        assert await stored(settings) == []
    finally:
        await heir.close(frozenset({0}))
        await owner.close(frozenset({0}))


async def test_a_broker_that_is_not_there_is_said(settings):
    """Opening against nothing ends with a closed reason in place of a client's error."""
    nowhere = settings.model_copy(
        update={"kafka": settings.kafka.model_copy(update={"bootstrap": "127.0.0.1:1"})}
    )
    with pytest.raises(SendFailed, match="KafkaConnectionError"):
        await Transactions(nowhere, ROLE).open(frozenset({0}))
