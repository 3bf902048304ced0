"""Topics of a test's own on a real broker."""

import itertools
import os
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.config import KafkaSettings, Settings

_RUNS = itertools.count()

WORLD_TIMES = {
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": str(2**63 - 1),
    "retention.ms": "-1",
}
"""Of a topic whose records were appended when their writer says, long ago or in time to come."""


def scratch_settings(bootstrap: str, **more: object) -> Settings:
    """Return settings with a prefix that no other test uses."""
    prefix = f"engine{os.getpid()}x{next(_RUNS)}."
    kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, session_timeout_s=6)
    return Settings(kafka=kafka, **more)


async def create_topic(
    settings: Settings, name: str, partitions: int, config: Mapping[str, str] | None = None
) -> str:
    """Create a topic and return its name on the broker, once the broker answers for it."""
    topic = settings.kafka.topic_prefix + name
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        response = await client.create_topics(
            [NewTopic(topic, partitions, 1, topic_configs=dict(config or {}))]
        )
        assert [code for _, code, _ in response.topic_errors] == [0]
    finally:
        await client.close()
    await ends(settings, name, partitions)
    return topic


async def ends(settings: Settings, name: str, partitions: int) -> list[int]:
    """Return the end offset of every partition, uncommitted records included."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka.bootstrap)
    await consumer.start()
    try:
        parts = [TopicPartition(settings.kafka.topic_prefix + name, p) for p in range(partitions)]
        consumer.assign(parts)
        found = await consumer.end_offsets(parts)
        return [found[part] for part in parts]
    finally:
        await consumer.stop()
