"""A consumer is ended on a real broker, however soon after its start."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from agents.engine.read.consumer_end import end_consumer

DEADLINE_S = 60.0


async def test_a_consumer_without_a_group_may_end_as_soon_as_it_has_begun(bootstrap: str) -> None:
    """Nobody is cancelled by it: what it began had no turn before it is ended."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    async with asyncio.timeout(DEADLINE_S):
        await consumer.start()
    consumer.assign([TopicPartition("nothing", 0)])
    task = asyncio.current_task()
    assert task is not None
    await end_consumer(consumer, DEADLINE_S)
    assert task.cancelling() == 0
    with pytest.raises(ConsumerStoppedError):
        await consumer.getone()
