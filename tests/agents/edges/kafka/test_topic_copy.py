"""A copy of a topic has each record in its place, its order and its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import pytest
from groups import append_in_transaction, commit
from scratch_topics import WORLD_TIMES, create_topic, ends, scratch_settings

from agents.config import Settings
from agents.edges.kafka.topic_copy import Copied, Copier, PartitionOfTopic, copier

TOPIC = "facts.v1"
FIRST, SECOND = PartitionOfTopic(TOPIC, 0), PartitionOfTopic(TOPIC, 1)
LONG_AGO = 1_600_000_000_000
DEADLINE_S = 60


class Two(NamedTuple):
    """Two topics of one name behind two prefixes, both empty, and what copies one to the other."""

    copy: Copier
    source: Settings
    target: Settings


@pytest.fixture
async def two(bootstrap: str) -> AsyncIterator[Two]:
    """Return them."""
    source, target = scratch_settings(bootstrap), scratch_settings(bootstrap)
    for settings in (source, target):
        await create_topic(settings, TOPIC, 2, WORLD_TIMES)
    prefixes = (source.kafka.topic_prefix, target.kafka.topic_prefix)
    async with AsyncExitStack() as stack, asyncio.timeout(DEADLINE_S):
        copy = await stack.enter_async_context(copier(source.kafka, *prefixes))
        yield Two(copy, source, target)


async def copied(two: Two, place: PartitionOfTopic, *, source: bool = False) -> list[Copied]:
    """Return what stands in a partition of the copy, or of its source."""
    prefix = two.copy.source if source else two.copy.target
    return [record async for records in two.copy.read(prefix, place) for record in records]


async def test_a_record_has_its_partition_its_order_and_its_time(two: Two) -> None:
    """Times long ago too; a tombstone's empty value; more records than one batch holds."""
    made = [Copied(n, LONG_AGO + n, b"key-%d" % n, b"x" * 40_000) for n in range(60)]
    made.append(Copied(60, LONG_AGO, b"key", b""))
    await two.copy.write(SECOND, made)
    assert await copied(two, SECOND) == made
    assert await copied(two, FIRST) == []
    assert await ends(two.target, TOPIC, 2) == [0, 61]


async def test_what_was_taken_back_is_not_there_to_be_copied(two: Two) -> None:
    """A reader comes to the end behind markers and aborted records, and waits for no record."""
    await append_in_transaction(two.source, TOPIC, [(b"a", b"kept")])
    await append_in_transaction(two.source, TOPIC, [(b"b", b"taken back")], commit=False)
    found = await copied(two, FIRST, source=True)
    assert [(one.offset, one.key, one.value) for one in found] == [(0, b"a", b"kept")]
    spans = await two.copy.spans(two.copy.source, [FIRST, SECOND])
    assert spans == {FIRST: (0, 4), SECOND: (0, 0)}


@pytest.mark.parametrize("begun", [0, 3])
async def test_an_inbox_goes_on_at_the_offset_of_the_old_one(two: Two, begun: int) -> None:
    """An origin names one record for ever; a run that was stopped in between finishes it."""
    await two.copy.write(FIRST, [Copied(0, LONG_AGO, b"", b"")] * begun)
    await two.copy.begin_at(FIRST, 7)
    assert (await two.copy.spans(two.copy.target, [FIRST]))[FIRST] == (7, 7)
    await two.copy.write(FIRST, [Copied(0, LONG_AGO, b"key", b"value")])
    assert [(one.offset, one.key) for one in await copied(two, FIRST)] == [(7, b"key")]


async def test_a_group_is_handed_over_and_a_working_one_is_seen(two: Two) -> None:
    """What the old group has committed the new one goes on from; members of neither are there."""
    await commit(two.source, "attribution", TOPIC, 5)
    assert await two.copy.committed("attribution") == {FIRST: 5}
    await two.copy.commit("attribution", {FIRST: 3, SECOND: 1})
    back = Copier(
        two.copy.target, "", two.copy.kafka, two.copy.consumer, two.copy.producer, two.copy.admin
    )
    assert await back.committed("attribution") == {FIRST: 3, SECOND: 1}
    assert await two.copy.members(["attribution", "intake"]) == []


async def test_the_source_is_removed_and_nothing_beside_it(two: Two) -> None:
    """Whoever asks afterwards finds it gone; a topic that is gone already is no error."""
    assert await two.copy.topics(two.copy.source) == {TOPIC: 2}
    for _ in range(2):
        await two.copy.remove([TOPIC])
        assert await two.copy.topics(two.copy.source) == {}
    assert await two.copy.topics(two.copy.target) == {TOPIC: 2}
