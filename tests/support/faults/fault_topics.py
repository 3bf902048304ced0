"""Faults of topics: writes are refused, or the topic is gone."""

from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from fault_world import INPUTS, FaultWorld

from agents.engine.read.bulk import read_partitions
from schemas.codec import REPORTS_ENTRY
from schemas.records.reports import ReportAccepted
from schemas.topics import REPORTS, TopicSpec

TOO_LARGE: Final = {"max.message.bytes": "100"}
"""No batch of a record of ours is as small as that: MESSAGE_TOO_LARGE (code 10)."""


async def refuse(world: FaultWorld, spec: TopicSpec, how: dict[str, str]) -> None:
    """Let the broker refuse all writes to a topic."""
    await _configure(world, spec, {**spec.config(), **how})


async def allow(world: FaultWorld, spec: TopicSpec) -> None:
    """Let the broker take writes to a topic again."""
    await _configure(world, spec, spec.config())


async def _configure(world: FaultWorld, spec: TopicSpec, config: dict[str, str]) -> None:
    name = world.settings.kafka.topic_prefix + spec.name
    client = AIOKafkaAdminClient(bootstrap_servers=world.settings.kafka.bootstrap)
    await client.start()
    try:
        answer = await client.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs=config)]
        )
        codes = [code for reply in answer for code, *_ in reply.resources]
        assert codes == [0], codes
    finally:
        await client.close()


async def delete(world: FaultWorld, spec: TopicSpec) -> None:
    """Delete a topic."""
    name = world.settings.kafka.topic_prefix + spec.name
    client = AIOKafkaAdminClient(bootstrap_servers=world.settings.kafka.bootstrap)
    await client.start()
    try:
        answer = await client.delete_topics([name])
        assert [code for _, code in answer.topic_error_codes] == [0]
    finally:
        await client.close()


async def overrun(world: FaultWorld, stage: str) -> int:
    """Return how many records below a stage's committed offsets ask for something to be written.

    Where everything it writes was refused from the start, there must be none.
    """
    committed = await world.committed(stage)
    prefix, partitions = world.settings.kafka.topic_prefix, range(world.settings.kafka.partitions)
    below = 0
    for topic in INPUTS[stage]:
        async for records in read_partitions(world.settings, topic, partitions):
            below += sum(
                record.offset < committed.get((prefix + topic, record.partition), 0)
                and _asks(stage, topic, record.value)
                for record in records
            )
    return below


def _asks(stage: str, topic: str, value: bytes) -> bool:
    """Return whether a stage writes something for a record; attribution does for reports only."""
    if (stage, topic) != ("attribution", REPORTS.name):
        return True
    return isinstance(REPORTS_ENTRY.decode(value), ReportAccepted)
