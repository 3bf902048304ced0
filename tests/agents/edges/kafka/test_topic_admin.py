"""Topics on a real broker held against the table."""

import asyncio
import secrets
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from waiting import DEADLINE_S

from agents.config import KafkaSettings, Settings, VantageSettings
from agents.edges.child_process.ports import reserved
from agents.edges.kafka import topic_admin
from agents.edges.kafka.topic_admin import TopicAction, TopicChange, TopicNames
from schemas.topics import CASES

DELETIONS = 10
"""The broker lists a deleted topic for some milliseconds; one of a few comes in between."""


@pytest.fixture
def settings(bootstrap: str) -> Settings:
    """Settings with a topic prefix that no other test has, and few partitions."""
    prefix = f"t{secrets.token_hex(4)}."
    return Settings(
        kafka=KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=3),
        vantages=(VantageSettings(id="home"), VantageSettings(id="away")),
    )


def test_every_topic_is_wanted_once_per_id() -> None:
    """Inboxes follow the hotlines, orders the vantages, and the registry has one partition."""
    settings = Settings(vantages=(VantageSettings(id="home"),))
    found = {
        topic.name: topic for topic in topic_admin.wanted(settings, ["north", "south", "north"])
    }
    assert {name for name in found if "." in name.removesuffix(".v1")} == {
        "hotline.north.v1",
        "hotline.south.v1",
        "hotline.north.out.v1",
        "hotline.south.out.v1",
        "probes.home.v1",
    }
    assert found["registry.v1"].partitions == 1
    assert found["reports.v1"].partitions == 12


def test_three_replicas_wait_for_two() -> None:
    """From three replicas on a write waits for two; with fewer it could never be taken."""
    for replication, present in ((1, False), (2, False), (3, True)):
        settings = Settings(kafka=KafkaSettings(replication=replication))
        configs = [dict(topic.config) for topic in topic_admin.wanted(settings)]
        assert all(("min.insync.replicas" in config) is present for config in configs)


@pytest.mark.parametrize("prefix", ["", "run-7."])
def test_a_topic_s_name_survives_its_prefix(prefix: str) -> None:
    """A logical name survives the way to the broker and back; a stranger's name is none."""
    names = TopicNames(prefix)
    assert names.logical(names.broker("cases.v1")) == "cases.v1"
    assert TopicNames("run-7.").logical("run-8.cases.v1") is None


async def test_apply_makes_what_plan_names(settings: Settings) -> None:
    """On an empty broker everything is to be created, and after apply nothing is left to do."""
    wanted = topic_admin.wanted(settings, ["north"])
    planned = await topic_admin.plan(settings, wanted)
    assert planned == [TopicChange(topic=topic.name, action=TopicAction.CREATE) for topic in wanted]
    assert await topic_admin.apply(settings, wanted) == planned
    assert await topic_admin.plan(settings, wanted) == []


async def test_two_apply_at_once(settings: Settings) -> None:
    """Two workers that start together both find the topics made."""
    wanted = topic_admin.wanted(settings, ["north"])
    await asyncio.gather(topic_admin.apply(settings, wanted), topic_admin.apply(settings, wanted))
    assert await topic_admin.plan(settings, wanted) == []


async def test_a_topic_whose_deletion_is_under_way_is_made_anew(settings: Settings) -> None:
    """While a broker lists some of it nothing fails, and once it lists it no more it is made."""
    topics = topic_admin.wanted(settings)
    name = settings.kafka.topic_prefix + CASES.name
    await topic_admin.apply(settings, topics)
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        for _ in range(DELETIONS):
            await client.delete_topics([name])
            async with asyncio.timeout(DEADLINE_S):
                while not (done := await topic_admin.apply(settings, topics)):
                    pass  # the broker lists it whole
            assert {one.topic for one in done} == {CASES.name}
            assert await topic_admin.plan(settings, topics) == []
    finally:
        await client.close()


async def test_drift_is_altered_and_the_operator_s_own_stays(settings: Settings) -> None:
    """A changed retention is set back; a setting that is none of ours is kept."""
    wanted = topic_admin.wanted(settings)
    await topic_admin.apply(settings, wanted)
    name = TopicNames(settings.kafka.topic_prefix).broker("reports.v1")
    own = {"retention.ms": "1000", "segment.bytes": "1048576"}
    await alter(settings, name, own)
    change = TopicChange(
        topic="reports.v1",
        action=TopicAction.ALTER,
        what="retention.ms",
        present="1000",
        wanted="-1",
    )
    async with asyncio.timeout(DEADLINE_S):
        while change not in await topic_admin.plan(settings, wanted):
            await asyncio.sleep(0.02)
    await topic_admin.apply(settings, wanted)
    assert await topic_admin.plan(settings, wanted) == []
    kept = [
        replace(topic, config=(("segment.bytes", "1048576"),))
        for topic in wanted
        if topic.name == "reports.v1"
    ]
    assert await topic_admin.plan(settings, kept) == []


async def test_another_partition_count_stops_the_start(settings: Settings) -> None:
    """More partitions re-hash every key: apply refuses, and creates nothing either."""
    first = [topic for topic in topic_admin.wanted(settings) if topic.name == "reports.v1"]
    await topic_admin.apply(settings, first)
    name = TopicNames(settings.kafka.topic_prefix).broker("reports.v1")
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    await client.create_partitions({name: NewPartitions(4)})
    await client.close()
    wanted = topic_admin.wanted(settings)
    async with asyncio.timeout(DEADLINE_S):
        while not await topic_admin.plan(settings, first):
            await asyncio.sleep(0.02)
    with pytest.raises(topic_admin.TopicMismatch, match=r"reports\.v1 has 4 partitions, not 3"):
        await topic_admin.apply(settings, wanted)
    missing = [
        c.topic for c in await topic_admin.plan(settings, wanted) if c.action is TopicAction.CREATE
    ]
    assert missing == [topic.name for topic in wanted if topic.name != "reports.v1"]


async def test_too_few_replicas_stop_the_start(settings: Settings) -> None:
    """A topic with fewer copies than wanted is refused, not quietly used."""
    wanted = topic_admin.wanted(settings)
    await topic_admin.apply(settings, wanted)
    more = [replace(topic, replication=2) for topic in wanted]
    with pytest.raises(topic_admin.TopicMismatch, match="has 1 replication, not 2"):
        await topic_admin.apply(settings, more)


async def test_no_broker_is_one_line() -> None:
    """An address where nobody answers ends in an error for the user."""
    with reserved(0) as port:
        settings = Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}"))
        with pytest.raises(topic_admin.AdminError, match="does not answer"):
            await topic_admin.plan(settings, topic_admin.wanted(settings))


async def alter(settings: Settings, topic: str, config: dict[str, str]) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=config)])
    await client.close()
