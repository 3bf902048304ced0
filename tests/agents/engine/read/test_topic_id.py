"""The question for a topic's id is Kafka's Metadata of version 12, byte by byte."""

import io

from agents.engine.read.topic_id import TopicIdRequest, _Answer, _Question

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
