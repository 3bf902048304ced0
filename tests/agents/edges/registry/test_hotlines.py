"""Which hotlines there are: the registry's."""

import secrets

import pytest
from aiokafka import AIOKafkaProducer

from agents.config import KafkaSettings, Settings, VantageSettings
from agents.edges.kafka import topic_admin
from agents.edges.kafka.topic_admin import TopicNames
from agents.edges.registry.hotlines import hotlines_of_registry
from schemas import codec
from schemas.records.registry import HosterEntry, HotlineEntry
from schemas.topics import REGISTRY


@pytest.fixture
def settings(bootstrap: str) -> Settings:
    """Settings with a topic prefix that no other test has, and few partitions."""
    prefix = f"t{secrets.token_hex(4)}."
    return Settings(
        kafka=KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=3),
        vantages=(VantageSettings(id="home"), VantageSettings(id="away")),
    )


async def test_hotlines_are_those_of_the_registry(settings: Settings) -> None:
    """Each hotline of the registry is named once; without a registry there is none."""
    assert await hotlines_of_registry(settings) == []
    await topic_admin.apply(settings, topic_admin.wanted(settings))
    assert await hotlines_of_registry(settings) == []
    entries = [
        HotlineEntry(id="south", version=1, valid_from=0, name="South"),
        HosterEntry(id="example", version=1, valid_from=0, name="Example"),
        HotlineEntry(id="north", version=1, valid_from=0, name="North"),
        HotlineEntry(id="north", version=2, valid_from=5, name="North"),
    ]
    topic = TopicNames(settings.kafka.topic_prefix).broker(REGISTRY.name)
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, acks="all")
    await producer.start()
    for entry in entries:
        await producer.send_and_wait(topic, codec.REGISTRY.encode(entry))
    await producer.send_and_wait(topic, b'{"kind":"hotline","v":99}')
    await producer.stop()
    assert await hotlines_of_registry(settings) == ["north", "south"]
