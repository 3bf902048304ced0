"""The outbox on a real broker: what it returned from is there, whole and in order."""

import asyncio
import time
from collections import defaultdict

import pytest
from scratch_topics import create_topic, ends, scratch_settings

from agents.engine.failures import SendFailed
from agents.engine.produce.batches import BATCH_BYTES_MAX
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from schemas.identity.ids import partition_of
from schemas.topics import FACTS

PARTITIONS = 3


async def stored(settings, topic="out"):
    found = []
    async for records in read_partitions(settings, topic, range(PARTITIONS)):
        found += records
    return found


async def test_many_records_are_all_there_in_the_order_of_their_keys(settings, outbox):
    """20,000 records in one call fill many batches: none is lost, none doubled, keys in order."""
    sent = [
        Send("out", f"k{n % 97}".encode(), f"{n}".encode() + b"." * (n % 211))
        for n in range(20_000)
    ]
    await outbox.send(sent)
    assert sum(await ends(settings, "out", PARTITIONS)) == 20_000  # acknowledged before return
    wanted, found = defaultdict(list), defaultdict(list)
    for record in sent:
        wanted[record.key].append(record.value)
    for record in await stored(settings):
        found[record.key].append(record.value)
        assert record.partition == partition_of(record.key, PARTITIONS)
    assert found == wanted


async def test_the_brokers_time_is_told_by_what_it_acknowledges(settings, outbox):
    """On one machine: no less than when the records were handed in, and no later than was spent.

    A topic whose records bear the writer's time says nothing.
    """
    await create_topic(settings, "stamped", PARTITIONS, FACTS.config())
    await outbox.send([Send("out", b"k", b"")])
    assert outbox.time.at_most() is None
    began_ms = time.time_ns() // 1_000_000
    await outbox.send([Send("stamped", f"k{n}".encode(), b"") for n in range(9)])
    at_most, now_ms = outbox.time.at_most(), time.time_ns() // 1_000_000
    assert began_ms <= at_most <= now_ms + (now_ms - began_ms) + 1


async def test_calls_side_by_side_lose_nothing_and_keep_their_order(settings, outbox):
    """Callers that hand in together each return after their own records are on the broker."""

    async def caller(name: int) -> None:
        for n in range(5):
            values = [f"{name}/{n}/{i}".encode() for i in range(20)]
            await outbox.send([Send("out", f"c{name}".encode(), value) for value in values])

    await asyncio.gather(*(caller(name) for name in range(12)))
    found = defaultdict(list)
    for record in await stored(settings):
        found[record.key].append(record.value)
    for name in range(12):
        assert found[f"c{name}".encode()] == [
            f"{name}/{n}/{i}".encode() for n in range(5) for i in range(20)
        ]


async def test_headers_tombstones_and_empty_values_stay_what_they_are(settings, outbox):
    """None is a tombstone, empty bytes are not, headers come back in order."""
    headers = (("a", b"1"), ("a", b""), ("b", b"\x00"))
    await outbox.send([Send("out", b"k", None, headers), Send("out", b"k", b"")])
    first, second = await stored(settings)
    assert (first.value, first.headers) == (None, headers)
    assert (second.value, second.headers) == (b"", ())


@pytest.mark.parametrize("before", [0, 3])
async def test_a_record_the_broker_refuses_is_told(settings, outbox, before):
    """A record above the broker's limit raises, alone and behind others, and is not there."""
    large = Send("out", b"k", b"x" * (BATCH_BYTES_MAX + 100_000))
    with pytest.raises(SendFailed):
        await outbox.send([*([Send("out", b"k", b"small")] * before), large])
    assert {record.value for record in await stored(settings)} <= {b"small"}


async def test_a_topic_that_is_not_there_is_told(settings, monkeypatch):
    """Sending to a missing topic raises within the deadline and writes nothing elsewhere."""
    monkeypatch.setattr("agents.engine.produce.outbox.ACK_DEADLINE_S", 2.0)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        with pytest.raises(SendFailed):
            await outbox.send([Send("missing", b"k", b"v"), Send("out", b"k", b"v")])
    finally:
        await outbox.stop()
    assert await stored(settings) == []


async def test_a_caller_that_is_cancelled_takes_no_other_along(settings, outbox):
    """A cancelled call may or may not have written; one beside it has when it returns."""
    given_up = asyncio.create_task(outbox.send([Send("out", b"a", b"given up")]))
    beside = asyncio.create_task(outbox.send([Send("out", b"b", b"beside")]))
    await asyncio.sleep(0)
    given_up.cancel()
    await beside
    assert given_up.cancelled()
    assert b"beside" in {record.value for record in await stored(settings)}


async def test_an_unforeseen_fault_reaches_every_caller(settings, outbox):
    """A record that cannot be encoded fails its callers at once; later calls are served."""
    async with asyncio.timeout(30):
        wrong = outbox.send([Send("out", b"k", "text")])
        beside = outbox.send([Send("out", b"b", b"beside")])
        found = await asyncio.gather(wrong, beside, return_exceptions=True)
        assert isinstance(found[0], Exception)
        await outbox.send([Send("out", b"k", b"after")])
    assert b"after" in {record.value for record in await stored(settings)}


async def test_no_broker_is_told():
    """Starting without a broker raises and leaves nothing open."""
    with pytest.raises(SendFailed):
        await KafkaOutbox(scratch_settings("127.0.0.1:1")).start()
