"""Who may do what at the broker.

To a hotline's inbox only that hotline may write, the HTTP intake in its name, and the desk, which
hands quarantined records in again.

The rights follow from `writers` and `readers` in `schemas/topics.py`. Kafka allows nothing that is
not allowed here when it is set up with an authorizer and `allow.everyone.if.no.acl.found=false`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest
from aiokafka.protocol.api import Request

from agents.config import Settings
from agents.edges.kafka.admin_client import AdminError, asking
from agents.edges.kafka.topic_admin import TopicNames
from schemas.chain.leaf import COVERED
from schemas.topics import HOTLINE, HOTLINE_OUT, PROBES, ROLES, TOPICS, TopicSpec

WORKER: Final = "hostwatch"
HTTP_INTAKE: Final = "hostwatch-intake"
"""The HTTP intake: writes to inboxes whose hotline it knows by its key, reads the registry."""

DESK: Final = "hostwatch-desk"
"""Keeps the registry and decides: reads all but inboxes, writes registry, decisions, skips, and to
inboxes what it hands in again."""

SIGNER: Final = "hostwatch-roots"
"""Signs the roots: reads what they cover, writes `roots.v1`, and nothing else."""

EXPORTER: Final = "kafka-exporter"
"""Measures how far topics and groups are; may describe topics and groups, read none."""

HOTLINE_USER: Final = "hotline-{id}"

GROUPS: Final = ("intake", "attribution", "lifecycle", "feedback")
ALLOW: Final = 3
WRITERS: Final = (
    (WORKER, "lifecycle"),
    (WORKER, "feedback"),
    (WORKER, "keys"),
    (DESK, "keys"),
    (DESK, "desk"),
    (DESK, "roots"),
    (SIGNER, "roots"),
)
"""Who writes in transactions, and the beginning of its transactional ids behind the prefix."""

LITERAL: Final = 3
PREFIXED: Final = 4


class ResourceType(IntEnum):
    """What a right is about; the numbers are Kafka's (org.apache.kafka.common.resource)."""

    TOPIC = 2
    GROUP = 3
    TRANSACTIONAL_ID = 5


class AclOperation(IntEnum):
    """What may be done; the numbers are Kafka's (org.apache.kafka.common.acl)."""

    READ = 3
    WRITE = 4
    DESCRIBE = 8
    DESCRIBE_CONFIGS = 10


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One right of one user.

    Attributes:
        user: its name at the broker.
        kind, name: what it is about.
        prefixed: the name is the beginning of all that are meant.
        operation: what it may do.
    """

    user: str
    kind: ResourceType
    name: str
    operation: AclOperation
    prefixed: bool = False


def grants(settings: Settings, hotlines: Sequence[str], ended: Collection[str] = ()) -> list[Grant]:
    """Return all rights, sorted: of workers, desk, HTTP intake, signer, exporter and hotlines.

    Args:
        settings: prefix and vantages.
        hotlines: their ids.
        ended: of those that write no more; what became of their records they read for ever.
    """
    prefix = settings.kafka.topic_prefix
    found: set[Grant] = set()
    for spec in TOPICS:
        names = TopicNames(prefix)
        for topic in (names.broker(name) for name in _names(spec, settings, hotlines)):
            found.update(_of_topic(spec, topic))
    for id in hotlines:
        topic = TopicNames(prefix).broker(HOTLINE.named(id))
        user = HOTLINE_USER.format(id=id)
        # the desk hands quarantined records in again; see `agents.tools.sealed.quarantine`
        for writer in () if id in ended else (user, HTTP_INTAKE, DESK):
            found.update(_may(writer, topic, AclOperation.WRITE))
        told = TopicNames(prefix).broker(HOTLINE_OUT.named(id))
        found.update(_may(user, told, AclOperation.READ))
        found.add(Grant(user, ResourceType.GROUP, told, AclOperation.READ))
    for role in (*GROUPS, *(f"probe-{vantage.id}" for vantage in settings.vantages)):
        found.add(Grant(WORKER, ResourceType.GROUP, prefix + role, AclOperation.READ))
        # what is verified is held against what a role has committed
        for user in (DESK, EXPORTER):
            found.add(Grant(user, ResourceType.GROUP, prefix + role, AclOperation.DESCRIBE))
    for operation in (AclOperation.WRITE, AclOperation.DESCRIBE):
        for user, name in WRITERS:
            writer = f"{prefix}{name}-"
            found.add(Grant(user, ResourceType.TRANSACTIONAL_ID, writer, operation, prefixed=True))
    return sorted(found)


def _names(spec: TopicSpec, settings: Settings, hotlines: Sequence[str]) -> list[str]:
    if spec in (HOTLINE, HOTLINE_OUT):
        return [spec.named(id) for id in hotlines]
    if spec is PROBES:
        return [spec.named(vantage.id) for vantage in settings.vantages]
    return [spec.name]


def _of_topic(spec: TopicSpec, topic: str) -> Iterator[Grant]:
    for user in (WORKER, HTTP_INTAKE):
        yield from _may(user, topic, AclOperation.DESCRIBE_CONFIGS)
    if set(spec.readers) & set(ROLES):
        yield from _may(WORKER, topic, AclOperation.READ)
    if set(spec.writers) & set(ROLES):
        yield from _may(WORKER, topic, AclOperation.WRITE)
    for user in (EXPORTER, DESK):
        yield Grant(user, ResourceType.TOPIC, topic, AclOperation.DESCRIBE)
    # An inbox holds addresses in clear; what is told to a hotline, its ids: the desk sees how far.
    if spec not in (HOTLINE, HOTLINE_OUT):
        yield from _may(DESK, topic, AclOperation.READ)
    yield from _of_signer(spec, topic)
    if "http-intake" in spec.readers:
        yield from _may(HTTP_INTAKE, topic, AclOperation.READ)
    if "http-intake" in spec.writers and spec is not HOTLINE:  # its inboxes: those of `grants`
        yield from _may(HTTP_INTAKE, topic, AclOperation.WRITE)
    if "desk" in spec.writers and spec is not HOTLINE:
        yield from _may(DESK, topic, AclOperation.WRITE)


def _of_signer(spec: TopicSpec, topic: str) -> Iterator[Grant]:
    if spec in COVERED or "roots" in spec.readers:
        yield from _may(SIGNER, topic, AclOperation.READ)
    if "roots" in spec.writers:
        yield from _may(SIGNER, topic, AclOperation.WRITE)


def _may(user: str, topic: str, operation: AclOperation) -> Iterator[Grant]:
    yield Grant(user, ResourceType.TOPIC, topic, operation)
    yield Grant(user, ResourceType.TOPIC, topic, AclOperation.DESCRIBE)


async def allow(settings: Settings, wanted: Iterable[Grant]) -> None:
    """Give the rights; one that is there stays as it is.

    Args:
        settings: a broker with an authorizer, and a user that may alter the cluster.
        wanted: what to give.

    Raises:
        AdminError: the broker does not answer, has no authorizer, or refuses.
    """
    await ask_each(settings, map(_request, wanted), "creation_responses", "refuses the rights")


async def ask_each(
    settings: Settings, requests: Iterable[Request[Any]], rows: str, refusal: str
) -> None:
    """Send requests one by one, of which each is answered by rows that begin with a code.

    Args:
        settings: of the broker.
        requests: what to send.
        rows: the answer's field that has the rows.
        refusal: what the broker does if a code is not 0, for the error.

    Raises:
        AdminError: the broker does not answer, or refuses.
    """
    codes: set[int] = set()
    async with asking(settings) as client:
        for request in requests:
            answer = await client.send(client.get_random_node(), request)
            codes |= {row[0] for row in getattr(answer, rows)} - {0}
    if codes:
        raise AdminError(f"the broker {refusal} ({for_code(min(codes)).__name__})")


def _request(grant: Grant) -> CreateAclsRequest:
    pattern = PREFIXED if grant.prefixed else LITERAL
    return CreateAclsRequest(
        grant.kind, grant.name, pattern, f"User:{grant.user}", "*", grant.operation, ALLOW
    )
