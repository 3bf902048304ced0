"""A topic ends behind what is committed, so whoever has read to there has read all there is."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError
from groups import append, append_in_transaction
from scratch_topics import create_topic, scratch_settings

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.engine.read.brokers import ends_of
from agents.engine.read.end_offsets import Ends

FIRST, SECOND = "facts.v1", "reports.v1"
DEADLINE_S = 60


@pytest.fixture
async def settings(bootstrap: str) -> Settings:
    """Return a ledger with two topics, the first of which has one record and what was taken back.

    Behind each transaction stands a marker.
    """
    made = scratch_settings(bootstrap)
    for topic in (FIRST, SECOND):
        await create_topic(made, topic, 2)
    await append(made, FIRST, [b"a"])
    await append_in_transaction(made, FIRST, [(b"k", b"taken back")], commit=False)
    await append_in_transaction(made, SECOND, [(b"k", b"b"), (b"k", b"c")], partition=1)
    return made


async def test_ends_are_those_of_each_topic_without_the_prefix(settings: Settings) -> None:
    """Markers and what was taken back count: nothing else will stand at their offsets."""
    async with ends_of(settings, [FIRST, SECOND]) as ends, asyncio.timeout(DEADLINE_S):
        assert isinstance(ends, Ends)
        assert await ends.of([0, 1]) == {0: {FIRST: 3, SECOND: 0}, 1: {FIRST: 0, SECOND: 3}}
        assert await ends.of([]) == {}
        assert await ends.at([(SECOND, 1)]) == {(SECOND, 1): 3}
        assert await ends.at([]) == {}


async def test_a_broker_that_is_away_is_said_and_nothing_is_left_open() -> None:
    """What was begun of the connection is ended before the error is passed on."""
    with reserved(0) as port:
        pass
    before = asyncio.all_tasks()
    nowhere = Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}"))
    ends = Ends(nowhere, [FIRST])
    with pytest.raises(KafkaConnectionError):
        await ends.__aenter__()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
