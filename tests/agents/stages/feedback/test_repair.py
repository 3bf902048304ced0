"""What cannot be read in the stage's table is named by its place; set aside, it is made anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ledger_events import GONE, KEY, MIN, ONLINE, at, fold, notice, placed, report, slots
from loose_keys import LooseKeys
from msgspec.structs import replace
from scratch_topics import scratch_settings

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.consume.failed_attempts import Attempts
from agents.engine.consume.poison_records import Guard, RecordStops
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from agents.stages.feedback.stage import ROLE, FeedbackStage
from schemas import codec, topics
from schemas.records.case import position_key
from schemas.seal_context import hotline_ids

STORY = (report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE))
LATER = slots([5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN], GONE)
TABLE = topics.FEEDBACK_TABLE.name
OTHER = b"f" * 32


class Aside(set):
    """Places that are set aside."""

    def holds(self, record: Received) -> bool:
        """Say whether a record is."""
        return (record.topic, record.partition, record.offset) in self

    def of(self, topic: str, partition: int) -> dict[int, None]:
        """Return the offsets of a partition."""
        return {offset: None for name, part, offset in self if (name, part) == (topic, partition)}


@pytest.fixture
async def settings(bootstrap: str) -> Settings:
    """A ledger of one partition with one hotline."""
    made = scratch_settings(bootstrap)
    kafka = made.kafka.model_copy(update={"partitions": 1})
    made = made.model_copy(update={"kafka": kafka})
    await apply(made, wanted(made, ["alpha"]))
    return made


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return LooseKeys.create(tmp_path / "keys.json")


@asynccontextmanager
async def stage(
    settings: Settings, keys: Keyring, folder: Path, aside: Aside | None = None
) -> AsyncIterator[FeedbackStage]:
    """Yield a stage that owns the partition, as after a start."""
    guard = Guard(ROLE, aside or Aside(), Attempts(folder, ROLE), stopped_wait_s=0.0)
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE), guard=guard)
    try:
        await made.assigned(frozenset({0}))
        yield made
    finally:
        await made.revoked(frozenset({0}))


async def wrote(settings: Settings, topic: str, key: bytes, value: bytes) -> list[Received]:
    """Write a record and return it as it stands in the topic."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    await outbox.send([Send(topic, key, value, partition=0)])
    await outbox.stop()
    return (await held(settings, topic))[-1:]


async def held(settings: Settings, topic: str) -> list[Received]:
    """Return what stands in a topic."""
    return [r async for records in read_partitions(settings, topic, (0,)) for r in records]


async def began(settings: Settings, keys: Keyring, folder: Path) -> None:
    """Have the stage tell a hotline of a report and its case."""
    entry, appended_at = report(seen=0)
    sealed = keys.seal('{"id":"r-1"}', appended_at, hotline_ids(KEY))
    named = replace(entry, record_id=keys.hash("record", "r-1"), sealed_ids=sealed)
    value = codec.REPORTS_ENTRY.encode(named)
    taken = await wrote(settings, topics.REPORTS.name, KEY.encode(), value)
    state = codec.STATE.encode(fold(*STORY))
    taken += await wrote(settings, topics.CASES.name, KEY.encode(), state)
    async with stage(settings, keys, folder) as made:
        await made.handle(taken)


async def check_told(settings: Settings, *classes: str) -> None:
    """Check the class of its one case each time that the hotline was told it."""
    async with asyncio.timeout(60):
        while len(said := await held(settings, topics.HOTLINE_OUT.named("alpha"))) < len(classes):
            await asyncio.sleep(0.05)  # a commit is answered before it shows
    records = [codec.HOTLINE_OUT.decode(record.value) for record in said]
    assert [one.case_class.value for record in records for one in record.cases] == [*classes]
    assert all(len(record.cases) == 1 for record in records)


async def handles(made: FeedbackStage) -> None:
    """Hand over what changes the URL's case."""
    state = codec.STATE.encode(fold(*STORY, LATER))
    record = Received(topics.CASES.name, 0, 9, at(6), KEY.encode(), state)
    await made.handle([record])


@pytest.mark.parametrize("value", [b"", b"garbage", b'"', b"null", b"{}", b'{"v":99}'])
async def test_a_damaged_url_is_named_and_made_anew(settings, keys, tmp_path, value):
    """At the start or when it is needed; set aside, its present is told once more."""
    await began(settings, keys, tmp_path)
    (poison,) = await wrote(settings, TABLE, KEY.encode(), value)
    with pytest.raises(RecordStops) as stopped:
        async with stage(settings, keys, tmp_path) as made:
            await handles(made)
    error = stopped.value
    place = (error.topic, error.partition, error.offset)
    assert place == (TABLE, 0, poison.offset)
    for _ in range(2):  # it is made anew once
        async with stage(settings, keys, tmp_path, Aside({place})):
            await check_told(settings, "online", "online")
    async with stage(settings, keys, tmp_path) as made:
        await handles(made)
    await check_told(settings, "online", "online", "removed")


async def test_a_damaged_position_is_named_and_all_is_read_again(settings, keys, tmp_path):
    """What the table says of its URLs stays; nothing of them is told again."""
    await began(settings, keys, tmp_path)
    (poison,) = await wrote(settings, TABLE, position_key(0), b"garbage")
    with pytest.raises(RecordStops) as stopped:
        async with stage(settings, keys, tmp_path):
            pass
    assert stopped.value.offset == poison.offset
    offsets: dict[str, int] = {}
    guard = Guard(
        ROLE, Aside({(TABLE, 0, poison.offset)}), Attempts(tmp_path, ROLE), stopped_wait_s=0.0
    )
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE), guard=guard)
    await made.recover(frozenset({0}), lambda _, found: offsets.update(found), lambda _: None)
    try:
        assert offsets == {}
        await made.handle(await held(settings, topics.REPORTS.name))
        await made.handle(await held(settings, topics.CASES.name))
    finally:
        await made.revoked(frozenset({0}))
    await check_told(settings, "online")


async def test_what_stands_under_a_foreign_key_stops_nobody(settings, keys, tmp_path):
    """The stage names URLs by 32 hex digits; it never looks for anything else."""
    await began(settings, keys, tmp_path)
    for key in (b"", b"garbage", OTHER + b"0", OTHER.upper(), b"\xff"):
        await wrote(settings, TABLE, key, b"garbage")
    async with stage(settings, keys, tmp_path) as made:
        await handles(made)
    await check_told(settings, "online", "removed")
