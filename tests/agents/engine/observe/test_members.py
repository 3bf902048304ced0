"""Members of a group: who has whose name, is one too many, was left an error, loads for long."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
import stage_process
from aiokafka.errors import KafkaError
from groups import becomes
from scratch_topics import create_topic, scratch_settings
from silent_server import silent_server
from stage_members import PARTITIONS, lines, member, send, written
from waiting import until

from agents.config import Settings
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.consume.app import running
from agents.engine.failures import EXIT_CRASHED, EXIT_REPLACED
from agents.engine.observe.members import Members
from agents.engine.observe.ownership import OWNERSHIP, Holding

DEADLINE_S = 60

USUAL_POLL_INTERVAL_S = 300.0
"""aiokafka's, after which it has a member leave that fetched nothing."""


@pytest.fixture
async def settings(bootstrap, tmp_path) -> Settings:
    made = scratch_settings(bootstrap, state_dir=tmp_path)
    made = made.model_copy(update={"kafka": made.kafka.model_copy(update={"partitions": 3})})
    await create_topic(made, stage_process.TOPIC, PARTITIONS)
    await create_topic(made, stage_process.BESIDE, PARTITIONS)
    return made


def held() -> Holding:
    role = stage_process.ROLE
    return next((one for one in OWNERSHIP.holdings if one.role == role), Holding(role=role))


def recorder(file: Path) -> stage_process.Recorder:
    return stage_process.Recorder(str(file), frozenset(), pooled=False)


async def test_of_two_processes_of_one_name_the_first_stops_and_says_so(settings, tmp_path):
    """They would put an end to each other's membership in turns; the one that came goes on."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed", instance="name") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed", instance="name") as second:
            async with asyncio.timeout(DEADLINE_S):
                assert await first.wait() == EXIT_REPLACED
            said = one.with_suffix(".err").read_text()
            assert 'another process of the role recorder has kafka.instance = "name"' in said
            await send(settings, ["1", "2", "3"])
            await written(two, {"1", "2", "3"})
            assert second.returncode is None


async def test_a_name_that_is_the_beginning_of_another_is_not_it(settings, tmp_path):
    """The broker appends a UUID to a name."""
    one, two = tmp_path / "one", tmp_path / "two"
    async with member(settings, one, "listed", instance="name") as first:
        await written(one, {f"assigned {PARTITIONS}"})
        async with member(settings, two, "listed", instance="name-2"):
            assert await asyncio.to_thread(until, lambda: any(lines(two)))
            await send(settings, [f"v{n}" for n in range(20)])
            assert first.returncode is None


async def test_an_error_that_aiokafka_leaves_for_who_polls_ends_the_process(settings, tmp_path):
    """Its coordinator waits for that, joined to nothing: here the group's other members differ."""
    file = tmp_path / "one"
    code = (
        "import asyncio, sys\n"
        "from aiokafka import AIOKafkaConsumer\n"
        "from aiokafka.coordinator.assignors.sticky import sticky_assignor as sticky\n"
        "async def main():\n"
        "    consumer = AIOKafkaConsumer(sys.argv[2], bootstrap_servers=sys.argv[1],"
        " group_id=sys.argv[3], partition_assignment_strategy=(sticky.StickyPartitionAssignor,))\n"
        "    await consumer.start()\n"
        "    await consumer.getmany(timeout_ms=3600000)\n"
        "asyncio.run(main())\n"
    )
    kafka = settings.kafka
    arguments = (str(kafka.bootstrap), kafka.topic_prefix + stage_process.TOPIC)
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, *arguments, kafka.topic_prefix + stage_process.ROLE),
        env=dict(os.environ),
    )
    try:
        members = Members(settings, stage_process.ROLE)
        async with asyncio.timeout(DEADLINE_S):
            joined = False
            while not joined:
                await asyncio.sleep(0.1)
                with suppress(KafkaError):  # the group's coordinator is not there yet
                    joined = await members.count() > 0
        await members.stop()
        async with member(settings, file, "listed") as child, asyncio.timeout(DEADLINE_S):
            assert await child.wait() == EXIT_CRASHED
        assert "InconsistentGroupProtocolError" in file.with_suffix(".err").read_text()
    finally:
        other.kill()
        await other.wait()


@pytest.mark.parametrize(("partitions", "ready"), [(1, True), (2, False)])
async def test_who_owns_nothing_is_ready_only_if_members_outnumber_partitions(
    bootstrap, tmp_path, partitions, ready
):
    """Of topics with one partition, the second of two members gets nothing.

    Where there should be two partitions, it should have got one.
    """
    named = {"partitions": partitions, "instance": "b"}  # partitions go by the order of names
    kafka = scratch_settings(bootstrap).kafka.model_copy(update=named)
    settings = Settings(kafka=kafka, state_dir=tmp_path)
    for topic in (stage_process.TOPIC, stage_process.BESIDE):
        await create_topic(settings, topic, 1)
    async with member(settings, tmp_path / "one", "listed", instance="a"):
        await written(tmp_path / "one", {"assigned 1"})
        async with running(recorder(tmp_path / "two"), settings):
            await becomes(lambda: held().heard_s is not None)
            both = Members(settings, stage_process.ROLE)
            async with asyncio.timeout(DEADLINE_S):
                while await both.count() != 2:
                    await asyncio.sleep(0.1)
                while held().owned or (not held().surplus and ready):
                    await asyncio.sleep(0.1)
            await both.stop()
            assert held().works(monotonic()) is ready


async def test_a_load_longer_than_the_poll_interval_keeps_its_membership(settings, tmp_path):
    """The usual interval of aiokafka passes three times: it stays the same member, and works.

    Time goes `stage_process.HASTE` times as fast for that rule, so that a load takes seconds.
    """
    file, loaded = tmp_path / "file", tmp_path / "loaded"
    group = Members(settings, stage_process.ROLE)
    try:
        async with member(settings, file, "listed", loads=str(loaded)) as process:
            await written(file, {f"loading {PARTITIONS}"})
            before = await group.ids()
            assert len(before) == 1
            until_s = monotonic() + 3 * USUAL_POLL_INTERVAL_S / stage_process.HASTE
            while monotonic() < until_s:
                assert process.returncode is None
                assert await group.ids() == before
                await asyncio.sleep(0.1)
            loaded.touch()
            await send(settings, ["1", "2", "3"])
            await written(file, {"1", "2", "3"})
            assert await group.ids() == before
        told = [line for line in lines(file) if not line[0].isdigit()]
        assert told == [f"loading {PARTITIONS}", f"assigned {PARTITIONS}"]
    finally:
        await group.stop()


async def test_a_load_that_does_not_get_on_ends_the_process_and_says_so(settings, tmp_path):
    """The broker of its state takes the connection and never answers."""
    file = tmp_path / "file"
    async with silent_server() as port, member(settings, file, "listed", loads=str(port)) as child:
        async with asyncio.timeout(DEADLINE_S):
            assert await child.wait() == EXIT_CRASHED
    said = file.with_suffix(".err").read_text()
    assert f"recorder stopped on LoadStalled (nothing of {stage_process.TOPIC} came for" in said
    assert lines(file) == [f"loading {PARTITIONS}"]


STEP = f"did not get on for {stage_process.STEP_S:.0f} s, waiting for"
NUMBERS = ", ".join(map(str, range(PARTITIONS)))


async def test_a_load_that_waits_for_another_for_ever_ends_the_process_and_says_so(
    settings, tmp_path
):
    """What a stage waits for may have no deadline of its own; its partitions have one."""
    file = tmp_path / "file"
    async with (
        silent_server() as port,
        member(settings, file, "listed", loads=f"hangs {port}") as child,
        asyncio.timeout(DEADLINE_S),
    ):
        assert await child.wait() == EXIT_CRASHED
    said = file.with_suffix(".err").read_text()
    assert (
        f"recorder stopped on StepTimedOut (loading of partitions {NUMBERS} {STEP} the stage)"
        in said
    )


async def test_a_group_that_no_longer_answers_ends_the_process_and_says_so(tmp_path):
    """The broker stands still between an assignment and its confirmation."""
    file = tmp_path / "file"
    with LocalBroker(tmp_path / "kafka") as broker:
        settings = scratch_settings(broker.bootstrap, state_dir=tmp_path)
        await create_topic(settings, stage_process.TOPIC, PARTITIONS)
        await create_topic(settings, stage_process.BESIDE, PARTITIONS)
        try:
            loads = f"stops {broker.process.pid}"
            async with (
                member(settings, file, "listed", loads=loads) as child,
                asyncio.timeout(DEADLINE_S),
            ):
                assert await child.wait() == EXIT_CRASHED
        finally:
            os.kill(broker.process.pid, signal.SIGCONT)
    said = file.with_suffix(".err").read_text()
    assert f"(loading of partitions {NUMBERS} {STEP} the group to confirm them)" in said
