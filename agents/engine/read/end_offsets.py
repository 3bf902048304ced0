"""Asks the broker where topics end, so that a stage can say it has read all there is."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.config import Settings
from agents.engine.read.consumer_end import end_consumer
from agents.engine.supervision import LIBRARY_TASKS
from agents.process import broker_access

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
            **broker_access.arguments(settings.kafka), isolation_level="read_committed"
        )

    async def __aenter__(self) -> Self:
        """Connect."""
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await self._consumer.start()
        except BaseException:  # what was begun is ended
            await end_consumer(self._consumer, ANSWER_DEADLINE_S)
            raise
        LIBRARY_TASKS.keep(self._consumer, "ends")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        LIBRARY_TASKS.let_go(self._consumer)
        await end_consumer(self._consumer, ANSWER_DEADLINE_S)

    async def of(self, partitions: Collection[int]) -> dict[int, dict[str, int]]:
        """Return the end of every topic in each of the partitions.

        Raises:
            TimeoutError: the broker did not answer in time.
            aiokafka.errors.KafkaError: it refused.
        """
        found = await self.at([(topic, part) for topic in self._topics for part in partitions])
        ends: dict[int, dict[str, int]] = {partition: {} for partition in partitions}
        for (topic, partition), end in found.items():
            ends[partition][topic] = end
        return ends

    async def at(self, asked: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Return the ends of partitions of topics, whichever these are.

        Raises:
            TimeoutError: the broker did not answer in time.
            aiokafka.errors.KafkaError: it refused.
        """
        parts = [TopicPartition(self._prefix + topic, partition) for topic, partition in asked]
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            found = await self._consumer.end_offsets(parts) if parts else {}
        return {(tp.topic[len(self._prefix) :], tp.partition): end for tp, end in found.items()}
