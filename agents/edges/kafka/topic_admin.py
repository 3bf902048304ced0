"""Topics on the broker held against `schemas.topics`: planned, created, altered, or refused."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import UnknownTopicOrPartitionError, for_code

from agents.config import Settings
from agents.edges.kafka.admin_client import ANSWER_DEADLINE_S, AdminError, described, explained
from agents.process import broker_access
from schemas.topics import HOTLINE, HOTLINE_OUT, PROBES, TOPICS, TopicSpec

_SETTLE_S: Final = 0.1  # metadata of a new topic reach every broker a moment after its creation
_UNKNOWN_TOPIC: Final = UnknownTopicOrPartitionError.errno
_ALREADY_EXISTS: Final = 36  # Kafka protocol, error code
_SET_ON_TOPIC: Final = 1  # config_source DYNAMIC_TOPIC_CONFIG: set on the topic itself
_DURABLE_REPLICATION: Final = 3
"""From three replicas on, a write waits for two, so that no single broker's loss loses one."""


class TopicMismatch(AdminError):
    """A topic has another partition count or too few replicas: nothing may start on it."""


class TopicAction(StrEnum):
    """What has to happen to a topic."""

    CREATE = "create"
    ALTER = "alter"
    REFUSE = "refuse"  # cannot be altered without re-hashing keys or moving replicas


@dataclass(frozen=True, slots=True)
class TopicNames:
    """Maps logical topic names to those on the broker and back.

    Attributes:
        prefix: put before every name, such as a run's id; may be empty.
    """

    prefix: str = ""

    def broker(self, logical: str) -> str:
        """Return the name on the broker."""
        return self.prefix + logical

    def logical(self, broker: str) -> str | None:
        """Return the logical name, None for a topic without our prefix."""
        return broker.removeprefix(self.prefix) if broker.startswith(self.prefix) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTopic:
    """What must be true of one topic.

    Attributes:
        name: logical name.
        partitions, replication: counts.
        config: topic configuration, as pairs.
    """

    name: str
    partitions: int
    replication: int
    config: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChange:
    """A difference between what must be true and what is.

    Attributes:
        topic: logical name.
        what: `partitions`, `replication`, or the name of a configuration; empty for a new topic.
        present, wanted: the two values; present is empty for what is not there.
    """

    topic: str
    action: TopicAction
    what: str = ""
    present: str = ""
    wanted: str = ""


def wanted(settings: Settings, hotlines: Iterable[str] = ()) -> tuple[WantedTopic, ...]:
    """Return what must be true of every topic.

    Args:
        settings: partitions, replication and vantages.
        hotlines: ids whose inboxes are wanted.
    """
    vantages = tuple(vantage.id for vantage in settings.vantages)
    lines = tuple(dict.fromkeys(hotlines))
    ids = {HOTLINE.name: lines, HOTLINE_OUT.name: lines, PROBES.name: vantages}
    return tuple(
        _wanted(spec, spec.named(id), settings)
        for spec in TOPICS
        for id in ids.get(spec.name, ("",))
    )


def _wanted(spec: TopicSpec, name: str, settings: Settings) -> WantedTopic:
    config = spec.config()
    if settings.kafka.replication >= _DURABLE_REPLICATION:
        config["min.insync.replicas"] = "2"
    return WantedTopic(
        name=name,
        partitions=1 if spec.single else settings.kafka.partitions,
        replication=settings.kafka.replication,
        config=tuple(sorted(config.items())),
    )


async def plan(settings: Settings, topics: Sequence[WantedTopic]) -> list[TopicChange]:
    """Return the differences between the wanted topics and the broker's.

    Args:
        settings: with `kafka.bootstrap` set.
        topics: see `wanted`.

    Raises:
        AdminError: the broker does not answer.
    """
    async with admin(settings) as client:
        return await _plan(client, settings, topics)


async def apply(settings: Settings, topics: Sequence[WantedTopic]) -> list[TopicChange]:
    """Create what is missing, alter what differs, and return what was done.

    Two that apply at once both succeed. What is there is asked again until nothing differs, so a
    topic is made anew whose deletion gets to a broker meanwhile; while a broker lists it whole, it
    is taken to be there. Configuration set on a topic beyond ours stays.

    Raises:
        TopicMismatch: a topic has another partition count or too few replicas; nothing is done.
        AdminError: the broker does not answer, or refuses.
    """
    names = TopicNames(settings.kafka.topic_prefix)
    by_name = {topic.name: topic for topic in topics}
    done: dict[TopicChange, None] = {}
    async with admin(settings) as client:
        while changes := await _plan(client, settings, topics):
            _refuse(changes)
            of = {
                each: [by_name[c.topic] for c in changes if c.action is each]
                for each in TopicAction
            }
            if of[TopicAction.CREATE]:
                await _create(client, names, of[TopicAction.CREATE])
            if of[TopicAction.ALTER]:
                await _alter(client, names, [*dict.fromkeys(of[TopicAction.ALTER])])
            done |= dict.fromkeys(changes)
            await asyncio.sleep(_SETTLE_S)
    return list(done)


def _refuse(changes: Iterable[TopicChange]) -> None:
    for change in changes:
        if change.action is TopicAction.REFUSE:
            raise TopicMismatch(
                f"topic {change.topic} has {change.present} {change.what}, not {change.wanted}:"
                f" set kafka.{change.what} to what the ledger was made with, or use a new prefix"
            )


@asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give an administrator's client of the broker, within the deadline.

    Raises:
        AdminError: no broker is named, or it does not answer or refuses.
    """
    if not settings.kafka.bootstrap:
        raise AdminError("no broker is named: set HOSTWATCH_KAFKA__BOOTSTRAP")
    client = AIOKafkaAdminClient(**broker_access.arguments(settings.kafka))
    with explained():
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            try:
                await client.start()
                yield client
            finally:
                await client.close()


async def _plan(
    client: AIOKafkaAdminClient, settings: Settings, topics: Sequence[WantedTopic]
) -> list[TopicChange]:
    names = TopicNames(settings.kafka.topic_prefix)
    present = await described(settings, [names.broker(topic.name) for topic in topics])
    for row in present.values():
        _check(row["error_code"])
    config = await _config(client, list(present))
    changes: list[TopicChange] = []
    for topic in topics:
        name = names.broker(topic.name)
        if name not in config:
            changes.append(TopicChange(topic=topic.name, action=TopicAction.CREATE))
        else:
            changes += _shape(topic, present[name]["partitions"])
            changes += _settings(topic, {key: value for key, value, _ in config[name]})
    return changes


def _shape(topic: WantedTopic, partitions: Sequence[Any]) -> list[TopicChange]:
    replicas = min((len(partition["replicas"]) for partition in partitions), default=0)
    found = []
    if len(partitions) != topic.partitions:
        found.append(("partitions", len(partitions), topic.partitions))
    if replicas < topic.replication:
        found.append(("replication", replicas, topic.replication))
    return [
        TopicChange(
            topic=topic.name,
            action=TopicAction.REFUSE,
            what=what,
            present=str(present),
            wanted=str(should_be),
        )
        for what, present, should_be in found
    ]


def _settings(topic: WantedTopic, present: dict[str, str]) -> list[TopicChange]:
    return [
        TopicChange(
            topic=topic.name,
            action=TopicAction.ALTER,
            what=key,
            present=present.get(key, ""),
            wanted=value,
        )
        for key, value in topic.config
        if present.get(key) != value
    ]


async def _config(
    client: AIOKafkaAdminClient, names: Sequence[str]
) -> dict[str, list[tuple[str, str, bool]]]:
    """Return (key, value, set on the topic itself) of every topic that is there by now."""
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = {}
    for response in await client.describe_configs(resources):
        for code, _, _, name, entries in response.resources:
            if code == _UNKNOWN_TOPIC:  # it was listed, and its deletion got there meanwhile
                continue
            _check(code)
            found[name] = [(entry[0], entry[1], entry[3] == _SET_ON_TOPIC) for entry in entries]
    return found


async def _create(
    client: AIOKafkaAdminClient, names: TopicNames, topics: Sequence[WantedTopic]
) -> None:
    new = [
        NewTopic(
            names.broker(topic.name),
            topic.partitions,
            topic.replication,
            topic_configs=dict(topic.config),
        )
        for topic in topics
    ]
    response = await client.create_topics(new)
    for _, code, _ in response.topic_errors:
        if code != _ALREADY_EXISTS:
            _check(code)


async def _alter(
    client: AIOKafkaAdminClient, names: TopicNames, topics: Sequence[WantedTopic]
) -> None:
    # AlterConfigs replaces all of a topic's own configuration, so what else is set goes along.
    present = await _config(client, [names.broker(topic.name) for topic in topics])
    resources = []
    for topic in topics:
        name = names.broker(topic.name)
        if name not in present:
            continue
        kept = {key: value for key, value, own in present[name] if own}
        config = kept | dict(topic.config)
        resources.append(ConfigResource(ConfigResourceType.TOPIC, name, configs=config))
    for response in await client.alter_configs(resources):
        for code, *_ in response.resources:
            if code != _UNKNOWN_TOPIC:
                _check(code)


def _check(code: int) -> None:
    if code:
        raise for_code(code)
