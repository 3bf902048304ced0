"""The question for a topic's id is Kafka's Metadata of version 12, byte by byte."""

import io

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import UnknownTopicOrPartitionError
from scratch_topics import create_topic, scratch_settings

from agents.engine.failures import NoSuchTopic
from agents.engine.read import topic_id
from agents.engine.read.topic_id import (
    TopicIdRequest,
    _Answer,
    _Question,
    described,
    partitions_of,
)

QUESTION = bytes.fromhex(
    "02"  # one topic
    "00000000000000000000000000000000"  # no id: it is asked for by its name
    "0b" + b"reports.v1".hex() + "00"  # its name, no tags
    "00"  # it is not created
    "00"  # nobody asks what is allowed
    "00"  # no tags
)


def test_it_asks_for_one_topic_and_creates_none() -> None:
    """As Kafka's own message definition has it."""
    question = TopicIdRequest("reports.v1").build(_Question)
    assert (question.API_KEY, question.API_VERSION) == (3, 12)
    assert question.encode() == QUESTION


def test_the_answer_has_the_id_in_two_halves() -> None:
    """One of a topic that was made anew is another."""
    topic = (0, "reports.v1", 7, -9, False, [(0, 0, 1, 5, [1], [1], [], {})], 0, {})
    answer = _Answer(0, [(1, "127.0.0.1", 9_092, None, {})], "cluster", 1, [topic], {})
    read = _Answer.decode(io.BytesIO(answer.encode()))
    ((_, name, high, low, *_),) = read.topics
    assert (name, high, low) == ("reports.v1", 7, -9)


async def test_a_topic_is_described_alone_and_one_that_is_not_there_stays_so(
    bootstrap: str,
) -> None:
    """Nothing is asked of other topics: a broker may have thousands."""
    topic = await create_topic(scratch_settings(bootstrap), "cases.v1", 3)
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        for _ in range(2):
            absent = await described(client, topic + ".absent")
            assert absent == ("", frozenset(), UnknownTopicOrPartitionError.errno)
        found = await described(client, topic)
        assert (bool(found.identity), found.partitions, found.error_code) == (True, {0, 1, 2}, 0)
        assert client.cluster.topics() == set()
    finally:
        await client.close()


async def test_a_topic_that_is_not_there_is_waited_for_a_moment_and_named(
    bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker may not know yet what was just created; one that never knows it is told so."""
    monkeypatch.setattr(topic_id, "ABSENT_S", 0.0)
    name = scratch_settings(bootstrap).kafka.topic_prefix + "absent.v1"
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        with pytest.raises(NoSuchTopic, match=r"the broker has no topic .*absent\.v1"):
            await partitions_of(client, name)
    finally:
        await client.close()
