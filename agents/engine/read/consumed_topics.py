"""Asks the broker which topics a role has read to their ends, for all members of its group."""

import asyncio
from collections.abc import Collection
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from agents.config import Settings
from agents.engine.read.consumer_end import end_consumer
from agents.process import broker_access

ANSWER_DEADLINE_S: Final = 30.0
"""Wall time for all that is asked; a broker that is slower is asked again later."""


async def fully_consumed(settings: Settings, role: str, topics: Collection[str]) -> frozenset[str]:
    """Return the topics of which the role's group has committed all that is there.

    Args:
        settings: broker and prefix.
        role: whose group.
        topics: names without prefix; one that is not there has nothing to be read.

    Raises:
        TimeoutError: the broker did not answer in time.
        aiokafka.errors.KafkaError: it refused.
    """
    prefix = settings.kafka.topic_prefix
    arguments = broker_access.arguments(settings.kafka)
    consumer = AIOKafkaConsumer(**arguments, isolation_level="read_committed")
    admin = AIOKafkaAdminClient(**arguments)
    try:
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await consumer.start()
            await admin.start()
            there = {one["topic"]: one["partitions"] for one in await admin.describe_topics()}
            parts = {
                name: [
                    TopicPartition(prefix + name, one["partition"])
                    for one in there.get(prefix + name, ())
                ]
                for name in topics
            }
            every = [part for found in parts.values() for part in found]
            begins = await consumer.beginning_offsets(every) if every else {}
            ends = await consumer.end_offsets(every) if every else {}
            committed = await admin.list_consumer_group_offsets(prefix + role)
    finally:
        stopping = end_consumer(consumer, ANSWER_DEADLINE_S), admin.close()
        await asyncio.gather(*stopping, return_exceptions=True)
    done = {part: max(begins[part], at.offset) for part, at in committed.items() if part in begins}
    return frozenset(
        name
        for name, found in parts.items()
        if all(done.get(part, begins[part]) >= ends[part] for part in found)
    )
