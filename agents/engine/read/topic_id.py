"""Asks a broker for the partitions and the id of a topic: the id tells it from one made anew.

aiokafka speaks Metadata up to version 5; ids came later (KIP-516). This is version 12, which
brokers know since Kafka 3.1, in the words of Kafka's own message definition
(MetadataRequest.json, MetadataResponse.json).
"""

import contextlib
from typing import ClassVar

from aiokafka.client import AIOKafkaClient
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

from agents.engine.read.broker_errors import UNREACHED

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


async def described(client: AIOKafkaClient, topic: str) -> tuple[str, frozenset[int]]:
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
        if error == 0:
            return f"{answer.cluster_id}/{high}/{low}", frozenset(p for _, p, *_ in parts)
    return "", frozenset()
