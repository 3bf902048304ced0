"""Rights at the broker that nobody needs any more: found by what is granted, and revoked.

Checked are the users this program gives rights to, and of theirs what allows something in this
ledger or in no ledger in particular (`*`, a prefix). What another ledger on the same broker was
given, by its own `kafka.topic_prefix`, is that ledger's; what forbids something is the operator's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import DeleteAclsRequest, DescribeAclsRequest

from agents.config import Settings
from agents.edges.kafka.acl import (
    ALLOW,
    DESK,
    EXPORTER,
    GROUPS,
    HOTLINE_USER,
    HTTP_INTAKE,
    LITERAL,
    PREFIXED,
    SIGNER,
    WORKER,
    WRITERS,
    AclOperation,
    Grant,
    ResourceType,
    ask_each,
)
from agents.edges.kafka.admin_client import AdminError, asking
from schemas.topics import TOPICS

_ANY: Final = 1
"""Of kinds, patterns, operations and permissions (org.apache.kafka.common.acl)."""

_EVERYWHERE: Final = "*"
_ID: Final = r"[a-z0-9][a-z0-9-]*"
_MANAGED: Final = re.compile(
    f"User:({WORKER}|{DESK}|{HTTP_INTAKE}|{SIGNER}|{EXPORTER}|{HOTLINE_USER.format(id=_ID)})"
)
_TOPICS: Final = "|".join(re.escape(t.name).replace(r"\{id\}", _ID) for t in TOPICS)
_ROLES: Final = f"{'|'.join(GROUPS)}|probe-{_ID}"
_WRITERS: Final = "|".join(sorted({name for _, name in WRITERS}))
_OURS: Final = {
    ResourceType.TOPIC: re.compile(f"(.*?)(?:{_TOPICS})"),
    # feedback is read in a group of its topic's name
    ResourceType.GROUP: re.compile(f"(.*?)(?:{_ROLES}|{_TOPICS})"),
    ResourceType.TRANSACTIONAL_ID: re.compile(f"(.*?)(?:{_WRITERS})-[0-9]*"),
}


@dataclass(frozen=True, slots=True, order=True)
class GrantedAcl:
    """A right as it stands at the broker, of whatever kind.

    Attributes:
        user: its name at the broker.
        kind, name, pattern: what it is about; the first and the last are Kafka's numbers.
        host: from where.
        operation: Kafka's number.
    """

    user: str
    kind: int
    name: str
    pattern: int
    host: str
    operation: int

    def words(self) -> tuple[str, str, str, str]:
        """Return user, kind, name and operation for a person."""
        kind = (
            ResourceType(self.kind).name if self.kind in list(ResourceType) else f"kind {self.kind}"
        )
        known = self.operation in list(AclOperation)
        may = AclOperation(self.operation).name if known else f"operation {self.operation}"
        name = self.name + "*" * (self.pattern == PREFIXED)
        return self.user, kind.lower(), name, may.lower()


async def surplus(settings: Settings, wanted: Iterable[Grant]) -> list[GrantedAcl]:
    """Return the rights of our users that are not wanted, sorted.

    Args:
        settings: a broker with an authorizer, and a user that may describe the cluster.
        wanted: see `agents.edges.kafka.acl.grants`.

    Raises:
        AdminError: the broker does not answer, has no authorizer, or refuses.
    """
    kept = {_granted(grant) for grant in wanted}
    async with asking(settings) as client:
        found = await _standing(client)
    prefix = settings.kafka.topic_prefix
    return sorted(one for one in found if one not in kept and not _of_another(one, prefix))


async def not_granted(settings: Settings, wanted: Iterable[Grant]) -> list[Grant]:
    """Return those of the wanted rights that the broker has not granted.

    Args:
        settings: a broker with an authorizer, and a user that may describe the cluster.
        wanted: see `agents.edges.kafka.acl.grants`.

    Raises:
        AdminError: the broker does not answer, has no authorizer, or refuses.
    """
    async with asking(settings) as client:
        found = frozenset(await _standing(client))
    return [one for one in wanted if _granted(one) not in found]


async def take_back(settings: Settings, rights: Sequence[GrantedAcl]) -> None:
    """Delete rights; one that is gone already is no error.

    Raises:
        AdminError: the broker does not answer, or refuses.
    """
    refusal = "does not take rights back"
    await ask_each(settings, map(_deleting, rights), "filter_responses", refusal)


async def _standing(client: AIOKafkaClient) -> list[GrantedAcl]:
    """Return what stands at the broker for our users and allows something."""
    request = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, ALLOW)
    answer = await client.send(client.get_random_node(), request)
    if answer.error_code:
        name = for_code(answer.error_code).__name__
        raise AdminError(f"the broker does not show its rights ({name})")
    return [
        GrantedAcl(principal.removeprefix("User:"), kind, name, pattern, host, operation)
        for kind, name, pattern, rows in answer.resources
        for principal, host, operation, _ in rows
        if _MANAGED.fullmatch(principal)
    ]


def _granted(grant: Grant) -> GrantedAcl:
    pattern = PREFIXED if grant.prefixed else LITERAL
    return GrantedAcl(grant.user, grant.kind, grant.name, pattern, _EVERYWHERE, grant.operation)


def _of_another(right: GrantedAcl, prefix: str) -> bool:
    """Return whether a name is that of another ledger: one of ours behind another prefix."""
    if right.kind not in _OURS:
        return False
    found = _OURS[ResourceType(right.kind)].fullmatch(right.name)
    return found is not None and found[1] != prefix


def _deleting(right: GrantedAcl) -> DeleteAclsRequest:
    return DeleteAclsRequest(
        right.kind,
        right.name,
        right.pattern,
        f"User:{right.user}",
        right.host,
        right.operation,
        ALLOW,
    )
