"""The question for a topic's id is Kafka's Metadata of version 12, byte by byte."""

import io

from aiokafka.client import AIOKafkaClient
from scratch_topics import create_topic, scratch_settings

from agents.engine.read.topic_id import TopicIdRequest, _Answer, _Question, described

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
            assert await described(client, topic + ".absent") == ("", frozenset())
        identity, partitions = await described(client, topic)
        assert (bool(identity), partitions) == (True, {0, 1, 2})
        assert client.cluster.topics() == set()
    finally:
        await client.close()
