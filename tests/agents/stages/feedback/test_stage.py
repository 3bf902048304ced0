"""The stage on a real broker: what hotlines are told, once, and over restarts."""

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
from agents.engine.failures import Fenced
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from agents.stages.feedback.stage import ROLE, ChangeResult, FeedbackStage
from schemas import codec, topics
from schemas.moments import DAY_MS, Instant
from schemas.records.case import Position, position_key
from schemas.records.feedback import Feedback
from schemas.seal_context import hotline_ids
from streams.feedback.followed_url import RECORDS_MAX

URL = "https://canary.example/never-told"
STORY = (report(seen=0), placed(), notice(1), slots([1.5, 4], ONLINE))
SEEN_AT = at(4.5)
RUN = [5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN]


@pytest.fixture
async def settings(bootstrap: str) -> Settings:
    """A ledger of one partition with one hotline."""
    made = scratch_settings(bootstrap)
    made = replace_kafka(made)
    await apply(made, wanted(made, ["alpha"]))
    return made


def replace_kafka(settings: Settings) -> Settings:
    """Return the settings with one partition."""
    return settings.model_copy(
        update={"kafka": settings.kafka.model_copy(update={"partitions": 1})}
    )


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return LooseKeys.create(tmp_path / "keys.json")


@asynccontextmanager
async def stage(settings: Settings, keys: Keyring) -> AsyncIterator[FeedbackStage]:
    """Yield a stage that owns the partition, as after a start."""
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE))
    await made.assigned(frozenset({0}))
    try:
        yield made
    finally:
        await made.revoked(frozenset({0}))


def accepted(keys: Keyring, id: str = "r-1", offset: int = 0) -> list[Received]:
    """Return the ledger entry of a report as it stands on the broker."""
    entry, appended_at = report(seen=0)
    sealed = keys.seal(f'{{"id":"{id}"}}', appended_at, hotline_ids(KEY))
    named = replace(entry, record_id=keys.hash("record", id), sealed_ids=sealed)
    value = codec.REPORTS_ENTRY.encode(named)
    return [Received(topics.REPORTS.name, 0, offset, appended_at, KEY.encode(), value)]


def state(*story, offset: int = 0, appended_at: Instant = SEEN_AT) -> list[Received]:
    """Return what lifecycle writes of a story."""
    value = codec.STATE.encode(fold(*story))
    return [Received(topics.CASES.name, 0, offset, appended_at, KEY.encode(), value)]


def position(as_of: Instant, offset: int = 9) -> list[Received]:
    """Return a position of lifecycle."""
    said = codec.POSITION.encode(Position(partition=0, offsets={}, as_of=as_of, code="", method=""))
    return [Received(topics.CASES.name, 0, offset, as_of, position_key(0), said)]


async def written(settings: Settings, records: list[Received]) -> list[Received]:
    """Write records to the broker, and return them."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(one.topic, one.key, one.value) for one in records])
    finally:
        await outbox.stop()
    return records


async def told(settings: Settings) -> list[Feedback]:
    """Return what stands in the hotline's topic."""
    found = []
    async for records in read_partitions(settings, topics.HOTLINE_OUT.named("alpha"), (0,)):
        found += records
    said = [codec.HOTLINE_OUT.decode(record.value) for record in found]
    assert [one.id.encode() for one in said] == [record.key for record in found]
    return said


def classes(said: list[Feedback]) -> list[list[str]]:
    return [[case.case_class.value for case in one.cases] for one in said]


async def test_a_hotline_is_told_each_step_of_its_record(settings, keys):
    """Accepted, then the case, then its end: under the hotline's own id, each once."""
    async with stage(settings, keys) as made:
        await made.handle(accepted(keys))
        await made.handle([*accepted(keys, offset=1), *state(*STORY)])
        await made.handle(state(*STORY, slots(RUN, GONE), offset=1, appended_at=at(6)))
        await made.handle(state(*STORY, slots(RUN, GONE), offset=2, appended_at=at(7)))
        assert made.results == {ChangeResult.WRITTEN: 3}
    said = await told(settings)
    assert {one.id for one in said} == {"r-1"}
    assert classes(said) == [[], ["online"], ["removed"]]


async def test_thousands_of_records_of_one_url_are_each_told_once(settings, keys):
    """They are taken up some at a time, and other work comes in between."""
    many = [accepted(keys, f"r-{n}", n)[0] for n in range(2 * RECORDS_MAX + 5)]
    async with stage(settings, keys) as made:
        await made.handle([*many, *state(*STORY)])
        assert made.results == {ChangeResult.WRITTEN: len(many)}
    async with asyncio.timeout(60):
        while len(said := await told(settings)) < len(many):  # a commit is answered before it shows
            await asyncio.sleep(0.05)
    assert {one.id for one in said} == {f"r-{n}" for n in range(len(many))}
    assert classes(said) == [["online"]] * len(many)


async def test_nothing_is_told_twice_after_a_restart(settings, keys):
    """What was told stands in the table with the offsets, in one transaction."""
    offsets = {}
    async with stage(settings, keys) as made:
        await made.handle([*accepted(keys), *await written(settings, state(*STORY))])
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE))
    await made.recover(frozenset({0}), lambda _, at: offsets.update(at), lambda _: None)
    try:
        await made.handle(state(*STORY))
        assert made.results == {}
        await made.handle(state(*STORY, slots(RUN, GONE), offset=1, appended_at=at(6)))
    finally:
        await made.revoked(frozenset({0}))
    assert offsets == {topics.REPORTS.name: 1, topics.CASES.name: 1}
    assert classes(await told(settings)) == [["online"], ["removed"]]


async def test_a_table_of_cases_that_was_made_anew_is_read_from_its_beginning(settings, keys):
    """Its states stand before what was read of the one that was deleted, and change what is told.

    Until then what was told of the accepted records stands.
    """
    offsets = {}
    async with stage(settings, keys) as made:
        await made.handle([*accepted(keys), *state(*STORY, offset=41)])
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE))
    await written(settings, state(*STORY, slots(RUN, GONE)))
    await made.recover(frozenset({0}), lambda _, at: offsets.update(at), lambda _: None)
    try:
        await made.handle(state(*STORY, slots(RUN, GONE), appended_at=at(6)))
    finally:
        await made.revoked(frozenset({0}))
    assert offsets == {topics.REPORTS.name: 1}
    assert classes(await told(settings)) == [["online"], ["removed"]]


async def test_an_earlier_owner_tells_nothing_more(settings, keys):
    """Who was paused and lost the partition is fenced by the broker."""
    async with stage(settings, keys) as old, stage(settings, keys) as new:
        await new.handle([*accepted(keys), *state(*STORY)])
        with pytest.raises(Fenced):
            await old.handle([*accepted(keys), *state(*STORY)])
    assert classes(await told(settings)) == [["online"]]


async def test_what_time_alone_changes_is_told_when_lifecycle_is_there(settings, keys):
    """A position says so, also to a process that has only loaded its table."""
    async with stage(settings, keys) as made:
        await made.handle([*accepted(keys), *state(*STORY)])
    async with stage(settings, keys) as made:
        await made.handle(position(at(0) + 399 * DAY_MS))
        assert made.results == {}
        await made.handle(position(at(0) + 402 * DAY_MS))
    assert classes(await told(settings)) == [["online"], ["expired"]]


async def test_a_destroyed_month_stops_nothing(settings, keys):
    """The id is gone with its key; the change is counted, and the next record goes on."""
    async with stage(settings, keys) as made:
        await made.handle(accepted(keys))
        keys.put(202_602, ())
        await made.handle(state(*STORY))
        assert made.results == {ChangeResult.WRITTEN: 1, ChangeResult.UNOPENED: 1}
    assert len(await told(settings)) == 1


async def test_an_id_that_is_an_address_is_not_repeated(settings, keys):
    """Not in the topic, nor in the table, whose ids are sealed."""
    async with stage(settings, keys) as made:
        await made.handle([*accepted(keys, id=URL), *state(*STORY)])
        assert made.results == {ChangeResult.WITHHELD: 1}
    assert await told(settings) == []
    async for records in read_partitions(settings, topics.FEEDBACK_TABLE.name, (0,)):
        assert not any(b"canary" in record.value for record in records)


async def test_what_is_set_aside_is_passed_over(settings, keys):
    """The position moves on, so a restart does not meet it again."""
    offsets = {}
    async with stage(settings, keys) as made:
        await made.set_aside(accepted(keys))
    made = FeedbackStage(settings, keys, Transactions(settings, ROLE))
    await made.recover(frozenset({0}), lambda _, at: offsets.update(at), lambda _: None)
    await made.revoked(frozenset({0}))
    assert offsets == {topics.REPORTS.name: 1}
