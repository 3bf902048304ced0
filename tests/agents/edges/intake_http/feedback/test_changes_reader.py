"""Laws of what is read of the hotlines' topics, on a real broker."""

import asyncio

import pytest
from batches import append_raw, batch
from scratch_topics import create_topic, scratch_settings
from structlog.testing import capture_logs

from agents.config import Settings
from agents.edges.intake_http.feedback.changes_reader import ChangesReader, Expired, NotRead
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.engine.supervision import Supervisor
from schemas.topics import HOTLINE_OUT

BOMB = 12
"""Records of a batch that opens to more than may be read."""

TOPIC = HOTLINE_OUT.named("north")
GARBAGE = (
    *(None, b"", b"null", b"{}", b"[" * 9_000, b"\xff\xfe"),
    *(b'{"id":"r9"}', b'{"id":7}', b'{"id":"\\ud800"}', b'{"id":"\xff"}'),
)
"""Under the key `r1`; what is no JSON, and what is about another record."""


def value(number: int) -> bytes:
    """Return what is told of a record."""
    return b'{"id":"r%d","result":"accepted"}' % number


async def written(settings: Settings, *numbers: int) -> None:
    """Write records of one partition."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(TOPIC, b"r%d" % number, value(number)) for number in numbers])
    finally:
        await outbox.stop()


async def test_what_is_fetched_is_what_was_asked_for(bootstrap: str) -> None:
    """From the first offset on, no more than the limit, and where to go on."""
    settings = scratch_settings(bootstrap)
    await create_topic(settings, TOPIC, 1)
    await written(settings, *range(9))
    reader = ChangesReader(settings, ["north"], 100)
    found, after = await reader.read("north", {0: (2, 9)}, 4)
    assert [record.key for record in found] == [b"r2", b"r3", b"r4", b"r5"]
    assert after == {0: 6}
    found, after = await reader.read("north", {0: (6, 9)}, 4)
    assert ([record.offset for record in found], after) == ([6, 7, 8], {0: 9})


async def test_what_a_cursor_names_has_to_be_there(bootstrap: str) -> None:
    """What nobody named is begun at what the topic keeps."""
    settings = scratch_settings(bootstrap)
    await create_topic(settings, TOPIC, 1)
    await written(settings, *range(3))
    reader = ChangesReader(settings, ["north"], 100)
    assert len((await reader.read("north", {0: (-5, 3)}, 9))[0]) == 3
    with pytest.raises(Expired):
        await reader.read("north", {0: (-5, 3)}, 9, named={0})


async def test_it_is_current_once_all_is_read(bootstrap: str) -> None:
    """Not before, and also of a hotline that was told nothing."""
    settings = scratch_settings(bootstrap)
    await create_topic(settings, TOPIC, 2)
    reader = ChangesReader(settings, ["north"], 100)
    assert not reader.current
    following = Supervisor(reader.run(), "feedback")
    async with asyncio.timeout(60):
        while not reader.current:
            await asyncio.sleep(0.02)
    assert reader.topics["north"].loaded
    await following.end()


async def test_what_is_no_feedback_is_passed_over(bootstrap: str) -> None:
    """Tombstones and garbage end nobody's reader; they are in no answer, and are read past."""
    settings = scratch_settings(bootstrap)
    for topic in (TOPIC, HOTLINE_OUT.named("south")):
        await create_topic(settings, topic, 1)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    await outbox.send([Send(TOPIC, b"r1", value) for value in GARBAGE])
    await outbox.stop()
    await written(settings, 2)
    reader = ChangesReader(settings, ["north", "south"], 100)
    following = Supervisor(reader.run(), "feedback")
    end = len(GARBAGE) + 1
    async with asyncio.timeout(60):
        while not reader.current or reader.topics["north"].filled != {0: end}:
            following.check()
            await asyncio.sleep(0.02)
    assert reader.places.find("north", b"r1") is None
    assert reader.places.find("north", b"r2") == (0, end - 1)
    found, after = await reader.read("north", {0: (0, end)}, 9)
    assert ([record.key for record in found], after) == ([b"r2"], {0: end})
    await following.end()


async def test_a_batch_that_cannot_be_read_ends_nobodys_reader(bootstrap: str) -> None:
    """Its place is logged, what stands before and behind it is found and handed out."""
    settings = scratch_settings(bootstrap)
    await create_topic(settings, TOPIC, 1)
    await written(settings, 1)
    await append_raw(settings, TOPIC, batch([(b"x", b"x" * 4_800_000)] * BOMB, "gzip"))
    await written(settings, 2)
    reader = ChangesReader(settings, ["north"], 100)
    with capture_logs() as lines:
        following = Supervisor(reader.run(), "feedback")
        async with asyncio.timeout(60):
            while reader.places.find("north", b"r2") is None:
                following.check()
                await asyncio.sleep(0.02)
    assert [line["event"].split()[0] for line in lines] == [f"{TOPIC}/0/1"]
    assert reader.places.find("north", b"r1") == (0, 0)
    found, after = await reader.read("north", {0: (0, BOMB + 2)}, 9)
    assert ([record.key for record in found], after) == ([b"r1", b"r2"], {0: BOMB + 2})
    await following.end()


async def test_a_broker_that_does_not_answer_is_said() -> None:
    """Within the deadline, and by no exception of a library."""
    away = scratch_settings("127.0.0.1:1")
    with pytest.raises(NotRead):
        await ChangesReader(away, ["north"], 10).read("north", {0: (0, 1)}, 1)
