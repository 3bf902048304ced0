"""Laws of the consumer group that Faust 0.15.3 breaks."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack

import faust
from contestants import IN, OURS, ROLE, Contestant, Job, Record, keepers, patient
from groups import append, append_in_transaction, becomes, members, offsets
from scratch_topics import create_topic

from agents.config import Settings

BESIDE = "beside"
STILL_S = 0.2
TAKEN_BACK, KEPT = b"taken back", b"kept"


async def nothing(_: Record) -> None:
    """Do a record."""


def partitions(app: faust.App, topic: str) -> set[int]:
    return {tp.partition for tp in app.consumer.assignment() if tp.topic.endswith(f".{topic}")}


def shared_out(apps: Iterable[faust.App], topic: str, count: int) -> bool:
    """Say whether every member has some of a topic, and together they have all of it once."""
    parts = [partitions(app, topic) for app in apps]
    return all(parts) and sorted(n for part in parts for n in part) == list(range(count))


async def test_a_member_has_the_same_partitions_of_every_topic(bootstrap, tmp_path):
    """What stands under one key in two topics meets in one process.

    `AIOKafkaConsumerThread._create_worker_consumer` splits topics round robin, one after the
    other, unless the app has tables or standby replicas.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        for topic in (IN, BESIDE):
            await create_topic(settings, topic, 3)
        job = Job(nothing, topics=(IN, BESIDE), more={"table_standby_replicas": 0})
        async with contestant(settings, job) as one, contestant(settings, job) as two:
            apps = one, two
            await becomes(lambda: all(shared_out(apps, topic, 3) for topic in (IN, BESIDE)))
            return all(partitions(app, IN) == partitions(app, BESIDE) for app in apps)

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_a_member_that_stops_leaves_at_once(bootstrap, tmp_path):
    """A member with a name of its own too: the others need not wait for its session to end.

    `GroupCoordinator._maybe_leave_group` of aiokafka lets a static member stay, and Faust
    closes its consumer by no other way.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        named = patient(settings, instance="one")
        await create_topic(named, IN, 1)
        async with contestant(named, Job(nothing)) as app:
            await becomes(lambda: partitions(app, IN) == {0})
            assert await members(named, ROLE) == 1
        return await members(named, ROLE) == 0

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_what_was_fetched_while_the_flow_stood_still_comes_again(bootstrap, tmp_path):
    """What is given up at a rebalance is read again, of a partition without a commit too.

    `Consumer.perform_seek` goes back to what is committed: where that is nothing, or 0, aiokafka's
    `seek_to_committed` stays where it is, behind the records given up.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        seen: list[bytes] = []

        async def handle(record: Record) -> None:
            seen.append(record.value)

        await create_topic(settings, IN, 1)
        async with contestant(settings, Job(handle)) as app:
            await becomes(lambda: partitions(app, IN) == {0} and app.consumer.flow_active)
            stopped = stop_at_first(app)
            await append(settings, IN, [b"first"])
            await stopped.wait()
            await append(settings, IN, [b"second"])
            await becomes(lambda: b"second" in seen)
            return b"first" in seen

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


def stop_at_first(app: faust.App) -> asyncio.Event:
    """Have the flow stand still for a moment when the first record has been fetched."""
    consumer, thread = app.consumer, app.consumer._thread
    getmany = thread.getmany
    stopped = asyncio.Event()

    async def fetched(*arguments: object, **more: object) -> object:
        records = await getmany(*arguments, **more)
        if records and not stopped.is_set():
            stopped.set()
            consumer.stop_flow()
            asyncio.get_running_loop().call_later(STILL_S, consumer.resume_flow)
        return records

    thread.getmany = fetched
    return stopped


async def test_what_a_writer_took_back_is_not_handed_over(bootstrap, tmp_path):
    """Records of an aborted transaction are nothing that happened.

    `AIOKafkaConsumerThread._create_worker_consumer` reads committed records only where the app
    itself writes in transactions.
    """

    async def law(contestant: Contestant, settings: Settings) -> bool:
        seen: list[bytes] = []

        async def handle(record: Record) -> None:
            seen.append(record.value)

        await create_topic(settings, IN, 1)
        await append_in_transaction(settings, IN, [(None, TAKEN_BACK)], commit=False)
        await append(settings, IN, [KEPT])
        async with AsyncExitStack() as stack:
            found = await stack.enter_async_context(offsets(settings, ROLE, IN))
            await stack.enter_async_context(contestant(settings, Job(handle)))
            await found.reach(3)  # what was taken back, its marker, what was kept
        return seen == [KEPT]

    assert await keepers(law, bootstrap, tmp_path) == {OURS}
