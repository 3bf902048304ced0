"""Asks a broker for the partitions and the id of a topic: the id tells it from one made anew.

aiokafka speaks Metadata up to version 5; ids came later (KIP-516). This is version 12, which
brokers know since Kafka 3.1, in the words of Kafka's own message definition
(MetadataRequest.json, MetadataResponse.json).
"""

import asyncio
import contextlib
from typing import ClassVar, Final, NamedTuple

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import UnknownTopicOrPartitionError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

from agents.engine.failures import NoSuchTopic
from agents.engine.read.broker_errors import UNREACHED, passes

ABSENT_S: Final = 5.0
"""A topic that was just created is known to every broker within a second."""

BACKOFF_S: Final = 0.1
"""Between two questions."""

_NO_ID = 0


class _Answer(Response):
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id_high", Int64),
                ("topic_id_low", Int64),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Question(RequestStruct):
    FLEXIBLE_VERSION: ClassVar[bool] = True
    API_KEY = 3
    API_VERSION = 12
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic_id_high", Int64),
                ("topic_id_low", Int64),
                ("name", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class TopicIdRequest(Request[_Question]):
    """Asks for one topic; it is not created by that.

    Args:
        topic: its full name.
    """

    API_KEY = 3

    def __init__(self, topic: str) -> None:
        """Keep the name."""
        self._topic = topic

    def build(self, request_struct_class: type[_Question]) -> _Question:
        """Make the request of the one version there is."""
        return request_struct_class([(_NO_ID, _NO_ID, self._topic, {})], False, False, {})


class TopicDescription(NamedTuple):
    """What a broker tells of a topic.

    Attributes:
        identity: tells it from one of the same name, elsewhere or made anew; empty = not told.
        partitions: all of them; none = not told.
        error_code: why nothing is told, by Kafka's numbers; 0 = no broker answered, or it is told.
    """

    identity: str = ""
    partitions: frozenset[int] = frozenset()
    error_code: int = 0


async def described(client: AIOKafkaClient, topic: str) -> TopicDescription:
    """Return the identity of a topic and its partitions; neither while no broker tells of it.

    Only this topic is asked for: aiokafka asks for all topics of the broker, or creates the one.

    Args:
        client: one that has been bootstrapped.
        topic: its full name.
    """
    node = client.get_random_node()
    with contextlib.suppress(*UNREACHED):
        answer = await client.send(node, TopicIdRequest(topic))
        ((error, _, high, low, _, parts, *_),) = answer.topics
        if error:
            return TopicDescription(error_code=error)
        partitions = frozenset(partition for _, partition, *_ in parts)
        return TopicDescription(f"{answer.cluster_id}/{high}/{low}", partitions)
    return TopicDescription()


async def partitions_of(client: AIOKafkaClient, topic: str) -> frozenset[int]:
    """Return a topic's partitions, once a broker tells of them.

    Args:
        client: one that has been bootstrapped.
        topic: its full name.

    Raises:
        NoSuchTopic: there has been no such topic for `ABSENT_S`.
        KafkaError: the broker refuses to tell.
    """
    now_s = asyncio.get_running_loop().time
    absent_until_s = now_s() + ABSENT_S
    while not (found := await described(client, topic)).partitions:
        code = found.error_code
        if code == UnknownTopicOrPartitionError.errno and now_s() > absent_until_s:
            raise NoSuchTopic(topic)
        if code and not passes(code):
            raise for_code(code)(topic)
        await asyncio.sleep(BACKOFF_S)
    return found.partitions
