"""Asks the broker where topics end, so that a stage can say it has read all there is."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents import access
from agents.config import Settings

ANSWER_DEADLINE_S = 30.0
"""A broker that does not say where its topics end for so long is down."""


class Ends:
    """The ends of some topics' partitions, as an async context.

    Args:
        settings: broker and prefix.
        topics: names without prefix.
    """

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        self._prefix = settings.kafka.topic_prefix
        self._topics = topics
        self._consumer = AIOKafkaConsumer(
            **access.arguments(settings.kafka), isolation_level="read_committed"
        )

    async def __aenter__(self) -> Self:
        """Connect."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            await self._consumer.stop()

    async def of(self, partitions: Collection[int]) -> dict[int, dict[str, int]]:
        """Return the end of every topic in each of the partitions.

        Raises:
            TimeoutError: the broker did not answer in time.
            aiokafka.errors.KafkaError: it refused.
        """
        asked = [TopicPartition(self._prefix + t, p) for t in self._topics for p in partitions]
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            found = await self._consumer.end_offsets(asked) if asked else {}
        ends: dict[int, dict[str, int]] = {partition: {} for partition in partitions}
        for part, end in found.items():
            ends[part.partition][part.topic[len(self._prefix) :]] = end
        return ends
