"""What the broker lets this user do, held against what the program will do as this user.

This needs no right over the cluster. The broker tells a client what it may do with a topic
(KIP-430, Metadata 8). It tells the coordinator of a group or a transactional id only to a client
that may use it. Nothing is written, joined or fenced by asking.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String

from agents.config import Settings
from agents.edges.kafka.acl import Grant, ResourceType
from agents.edges.kafka.admin_client import AdminError, asking

ALTERING: Final = (6, 7)
"""DELETE and ALTER of org.apache.kafka.common.acl: no part of the program needs them."""

_API_KEY: Final = 3  # Metadata
_API_VERSION: Final = 8
_UNKNOWN: Final = -2_147_483_648  # what stands there when the broker says nothing of rights


class _Rights(Response):
    API_KEY = _API_KEY
    API_VERSION = _API_VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            Array(
                ("node_id", Int32),
                ("host", String("utf-8")),
                ("port", Int32),
                ("rack", String("utf-8")),
            ),
        ),
        ("cluster_id", String("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String("utf-8")),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class _RightsRequest(RequestStruct):
    API_KEY = _API_KEY
    API_VERSION = _API_VERSION
    RESPONSE_TYPE = _Rights
    SCHEMA = Schema(
        ("topics", Array(String("utf-8"))),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class RightsRequest(Request[_RightsRequest]):
    """Asks what this user may do with topics."""

    API_KEY = _API_KEY

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_RightsRequest]) -> _RightsRequest:
        """Return the request as it is sent."""
        return request_struct_class(list(self._topics), False, False, True)


async def rights(settings: Settings, needed: Iterable[Grant]) -> tuple[list[Grant], list[str]]:
    """Return which rights are missing, and which topics this user may delete or alter.

    Args:
        settings: of the user that asks.
        needed: what it needs; the user's name in it is not checked.

    Raises:
        AdminError: the broker does not answer, or does not say what a user may do.
    """
    grants = list(needed)
    topics = sorted({grant.name for grant in grants if grant.kind is ResourceType.TOPIC})
    async with asking(settings) as client:
        answer = await client.send(client.get_random_node(), RightsRequest(topics))
        allowed = dict(map(_operations, answer.topics))
        missing = [
            grant
            for grant in grants
            if grant.kind is ResourceType.TOPIC
            and grant.operation not in allowed.get(grant.name, ())
        ]
        missing += [
            g for g in grants if g.kind is not ResourceType.TOPIC and not await _named(client, g)
        ]
    altering = [name for name in topics if {*ALTERING} & {*allowed.get(name, ())}]
    return missing, altering


def _operations(row: Any) -> tuple[str, frozenset[int]]:
    """Return a topic and what may be done with it, by Kafka's numbers: one bit each."""
    bits = row[-1]
    if bits == _UNKNOWN and not row[0]:
        raise AdminError("the broker does not say what a user may do: it is older than Kafka 2.3")
    numbers = range(max(bits, 0).bit_length())
    return row[1], frozenset(number for number in numbers if bits >> number & 1)


async def _named(client: AIOKafkaClient, grant: Grant) -> bool:
    """Return whether the broker tells who coordinates a group or a transactional id."""
    group = grant.kind is ResourceType.GROUP
    kind = CoordinationType.GROUP if group else CoordinationType.TRANSACTION
    try:
        await client.coordinator_lookup(kind, grant.name)
    except (GroupAuthorizationFailedError, TransactionalIdAuthorizationFailed):
        return False
    except KafkaError as error:
        # a broker that has just started has no coordinators yet, and says nothing of rights by it
        if not error.retriable:
            raise
    return True
