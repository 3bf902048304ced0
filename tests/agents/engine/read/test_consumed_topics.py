"""Which topics a group has read to their ends, asked of a real broker."""

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from scratch_topics import create_topic, scratch_settings

from agents.engine.read.consumed_topics import fully_consumed

ROLE = "reader"


@pytest.fixture
async def settings(bootstrap):
    made = scratch_settings(bootstrap)
    for name in ("empty", "done", "begun", "unread"):
        await create_topic(made, name, 1)
    return made


async def test_a_topic_is_fully_consumed_where_its_group_stands_at_its_end(settings, bootstrap):
    """One without records is, and so is one that is not there; one with a record left is not."""
    prefix = settings.kafka.topic_prefix
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for name in ("done", "begun", "begun", "unread"):
            await producer.send_and_wait(prefix + name, b"x")
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=prefix + ROLE, enable_auto_commit=False
    ) as member:
        parts = [TopicPartition(prefix + name, 0) for name in ("done", "begun")]
        member.assign(parts)
        await member.commit(dict.fromkeys(parts, 1))
    topics = ("empty", "done", "begun", "unread", "absent")
    assert await fully_consumed(settings, ROLE, topics) == {"empty", "done", "absent"}
