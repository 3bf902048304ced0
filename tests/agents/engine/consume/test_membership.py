"""Membership of a group: partitions go over to others, and come back to whom they were held for."""

import asyncio
import signal

import pytest
import stage_process
from aiokafka import AIOKafkaConsumer, TopicPartition
from scratch_topics import create_topic, scratch_settings
from stage_members import PARTITIONS, lines, member, send, values, written
from waiting import until

from agents.config import Settings
from agents.engine import library
from agents.engine.consume.assignor import AlikePartitionAssignor
from agents.engine.consume.membership import GroupMemberInLoop, is_outdated


@pytest.fixture
async def settings(bootstrap) -> Settings:
    made = scratch_settings(bootstrap)
    await create_topic(made, stage_process.TOPIC, PARTITIONS)
    await create_topic(made, stage_process.BESIDE, PARTITIONS)
    return made


async def test_partitions_go_over_to_a_second_member(settings, tmp_path):
    """When a member joins and the first is killed, the second does all that was left."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))  # it was assigned some
            await send(settings, [f"v{n}" for n in range(40)])
            first.send_signal(signal.SIGKILL)
            await first.wait()
            wanted = {f"v{n}" for n in range(40)}
            assert await asyncio.to_thread(until, lambda: wanted <= values(one) | values(two))


async def test_a_static_member_takes_its_partitions_back(settings, tmp_path):
    """Started again after kill -9, a named member goes on long before its session times out."""
    file = tmp_path / "handled"
    for number in range(3):
        async with member(settings, file, "listed", instance="one") as child:
            await send(settings, [f"v{number}"])
            await written(file, {f"v{number}"})
            child.send_signal(signal.SIGKILL)
            assert await child.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    "before",
    [
        pytest.param((stage_process.TOPIC,), id="less"),
        pytest.param((stage_process.TOPIC, stage_process.BESIDE, "third"), id="more"),
    ],
)
async def test_a_static_member_that_read_something_else_reads_what_it_reads_by_now(
    settings, tmp_path, before
):
    """The broker gives it what it had: nobody would read a new topic, and an old one ended it."""
    await create_topic(settings, "third", PARTITIONS)
    prefix = settings.kafka.topic_prefix
    killed = AIOKafkaConsumer(
        *(prefix + topic for topic in before),
        bootstrap_servers=settings.kafka.bootstrap,
        group_id=prefix + stage_process.ROLE,
        group_instance_id="one",
        partition_assignment_strategy=[AlikePartitionAssignor],
        session_timeout_ms=300_000,
    )
    await killed.start()
    assert len(killed.assignment()) == len(before) * PARTITIONS
    await killed.stop()  # without leaving: it is a static member
    async with member(settings, tmp_path / "one", "listed", instance="one"):
        await send(settings, ["v"])
        await written(tmp_path / "one", {f"assigned {PARTITIONS}", "v"})


ALL, HALF = frozenset(range(3)), {1, 2}


@pytest.mark.parametrize(
    ("given", "there", "outdated"),
    [
        pytest.param({"a": ALL, "b": ALL}, {"a": ALL, "b": ALL}, False, id="all of both"),
        pytest.param({"a": HALF, "b": HALF}, {"a": ALL, "b": ALL}, False, id="the same of both"),
        pytest.param({"a": ALL}, {"a": ALL, "b": ALL}, True, id="none of the other"),
        pytest.param({"a": HALF, "b": {0}}, {"a": ALL, "b": ALL}, True, id="others of the other"),
        pytest.param({"a": {0}, "b": {0}}, {"a": ALL, "b": {0}}, False, id="number 0 of both"),
        pytest.param({"a": {0}}, {"a": ALL, "b": {0}}, True, id="number 0 of one"),
        pytest.param({"a": HALF}, {"a": ALL, "b": {0}}, False, id="number 0 is another's"),
        pytest.param({"a": ALL}, {"a": ALL}, False, id="a topic that is not there yet"),
    ],
)
def test_an_assignment_that_does_not_fit_what_is_read_is_outdated(
    given: dict[str, set[int]], there: dict[str, set[int]], outdated: bool
) -> None:
    """A member has the same numbers of topics with equally many, and number 0 of all or none."""
    assignment = [TopicPartition(topic, one) for topic, some in given.items() for one in some]
    known = {topic: frozenset(numbers) for topic, numbers in there.items()}
    assert is_outdated(assignment, known) is outdated


async def test_a_member_that_stops_hands_over_at_once(settings, tmp_path):
    """A clean stop leaves the group, a static member's too: the other has all partitions then."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed", instance="one") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed", instance="two"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))
            first.send_signal(signal.SIGTERM)
            assert await first.wait() == 0
            await written(two, {f"assigned {PARTITIONS}"})
            wanted = {f"v{n}" for n in range(20)}
            await send(settings, sorted(wanted))
            await written(two, wanted)


async def test_a_consumer_that_is_still_starting_has_no_error_and_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its errors are asked for every second, and on a busy broker a start takes longer."""
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1", group_id="group")
    try:
        assert library.coordinator_of(consumer) is None
        monkeypatch.setattr(library, "consumer_of", lambda _: consumer)
        thread = object.__new__(GroupMemberInLoop)
        thread.check()
        assert thread.member_id == ""
    finally:
        await consumer.stop()
