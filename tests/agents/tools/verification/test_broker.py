"""What the broker says of a ledger: its own topics, what is committed, and where it stands."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from groups import append, append_in_transaction, commit
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.tools.verification import broker as asking
from agents.tools.verification.broker import PartitionReader, inboxes, opened
from schemas.codec import POSITION
from schemas.records.case import Position, position_key
from schemas.topics import ANSWERS, CASES

TOPIC = "facts.v1"
DEADLINE_S = 60


@pytest.fixture
async def settings(bootstrap: str) -> Settings:
    """Return a ledger that has two topics of two partitions."""
    made = scratch_settings(bootstrap)
    for topic in (TOPIC, CASES.name):
        await create_topic(made, topic, 2)
    return made


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[PartitionReader]:
    """Return what asks."""
    async with opened(settings) as found, asyncio.timeout(DEADLINE_S):
        yield found


def position(partition: int, as_of: int, offset: int) -> Send:
    """Return a position as a table's owner writes it."""
    said = Position(partition=partition, offsets={TOPIC: offset}, as_of=as_of, code="1", method="1")
    return Send(CASES.name, position_key(partition), POSITION.encode(said), partition=partition)


async def test_topics_are_those_of_this_ledger(bootstrap: str, broker: PartitionReader) -> None:
    """Another ledger on the same broker has another prefix, and is not seen."""
    other = scratch_settings(bootstrap)
    await create_topic(other, TOPIC, 1)
    assert await broker.topics() == {TOPIC: 2, CASES.name: 2}


async def test_a_stretch_is_the_records_between_two_offsets(
    settings: Settings, broker: PartitionReader
) -> None:
    """From the first on and without the last; what was taken back and markers are no records."""
    await append(settings, TOPIC, [b"%d" % n for n in range(4)], key=b"k")
    await append_in_transaction(settings, TOPIC, [(b"k", b"taken back")], commit=False)
    await append(settings, TOPIC, [None], key=b"k")
    assert await broker.begins({TOPIC: 2}) == {(TOPIC, 0): 0, (TOPIC, 1): 0}
    assert await broker.ends({TOPIC: 2}) == {(TOPIC, 0): 7, (TOPIC, 1): 0}
    found = {
        stretch: [record async for record in broker.stretch(TOPIC, 0, *stretch)]
        for stretch in ((1, 3), (3, 7), (4, 6), (3, 3), (5, 2))
    }
    assert found == {
        (1, 3): [(1, b"k", b"1"), (2, b"k", b"2")],
        (3, 7): [(3, b"k", b"3"), (6, b"k", b"")],
        (4, 6): [],
        (3, 3): [],
        (5, 2): [],
    }


async def test_a_commit_is_what_a_role_has_handled(
    settings: Settings, broker: PartitionReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that never ran has none; "nothing" is believed only when it is said again."""
    monkeypatch.setattr(asking, "ASKED_AGAIN", 2)
    await commit(settings, "first", TOPIC, 1)  # the broker's first group takes a while to make
    assert await broker.committed("intake") == {}
    await commit(settings, "intake", TOPIC, 3)
    assert await broker.committed("intake") == {(TOPIC, 0): 3}


async def test_the_newest_position_of_each_partition_is_found_however_far_back(
    settings: Settings, broker: PartitionReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table may hold many states behind it; a partition whose owner wrote none has none."""
    monkeypatch.setattr(asking, "TAIL_RECORDS", 1)
    assert await broker.positions(2) == {}
    states = [Send(CASES.name, b"%d" % n, b"{}", partition=0) for n in range(30)]
    await send_once(settings, [position(0, 1, 5), position(0, 2, 9), *states])
    found = await broker.positions(2)
    assert {partition: (p.as_of, p.offsets) for partition, p in found.items()} == {
        0: (2, {TOPIC: 9})
    }


def test_inboxes_are_what_intake_reads() -> None:
    """Those of hotlines and hosters' answers; what is said back to a hotline is none."""
    topics = {
        "hotline.north.v1": 2,
        "hotline.north.out.v1": 2,
        "hotline..v1": 2,
        ANSWERS.name: 1,
        TOPIC: 2,
    }
    assert inboxes(topics) == {"hotline.north.v1": 2, ANSWERS.name: 1}
