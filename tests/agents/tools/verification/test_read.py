"""What is compared is read whole: the newest state of each URL, and every record that counts."""

import pytest
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.verification import read
from agents.tools.verification.signed import Signed
from schemas.codec import POSITION
from schemas.records.case import Position, position_key
from schemas.topics import CASES, DECISIONS, FACTS, REPORTS

FIRST, SECOND, THIRD = (f"{n:032x}" for n in range(3))
NAMES = (CASES.name, REPORTS.name, FACTS.name, DECISIONS.name)


@pytest.fixture
async def settings(bootstrap: str) -> Settings:
    """Return a ledger of one partition."""
    made = scratch_settings(bootstrap)
    for topic in NAMES:
        await create_topic(made, topic, 1)
    return made


def send(topic: str, key: str, value: bytes | None) -> Send:
    """Return a record of the one partition."""
    return Send(topic, key.encode(), value, partition=0)


async def test_of_a_table_the_newest_states_and_the_position_are_read(settings: Settings) -> None:
    """A tombstone takes a URL out; what two persons set aside is as if it had not been written."""
    said = Position(partition=0, offsets={FACTS.name: 7}, as_of=1, code="1", method="1")
    await send_once(
        settings,
        [
            send(CASES.name, FIRST, b"old"),
            send(CASES.name, SECOND, b"gone"),
            send(CASES.name, FIRST, b"new"),
            send(CASES.name, SECOND, None),
            send(CASES.name, THIRD, b"sound"),
            send(CASES.name, THIRD, b"poison"),
            Send(CASES.name, position_key(0), POSITION.encode(said), partition=0),
        ],
    )
    found = await read.table(settings, 0, Signed(aside={(CASES.name, 0, 5)}))
    assert found.states == {FIRST: b"new", THIRD: b"sound"}
    assert found.offsets[FIRST] == 2
    assert found.offsets[THIRD] == 4
    assert found.position == said


async def test_the_ledger_is_read_by_url_from_all_its_topics(settings: Settings) -> None:
    """A key that is none of ours has no URL; a report set aside is kept apart, for its outcome."""
    await send_once(
        settings,
        [
            send(REPORTS.name, FIRST, b"report"),
            send(FACTS.name, FIRST, b"fact"),
            send(FACTS.name, FIRST, None),
            send(REPORTS.name, "http://secret.example/", b"foreign"),
            send(REPORTS.name, SECOND, b"poison"),
            send(FACTS.name, SECOND, b"poison"),
        ],
    )
    aside = {(REPORTS.name, 0, 2), (FACTS.name, 0, 2)}
    found = await read.ledger(settings, 0, Signed(aside=aside))
    said = {
        key: sorted((one.topic, one.offset, one.value) for one in written)
        for key, written in found.by_url.items()
    }
    assert said == {
        FIRST: [(FACTS.name, 0, b"fact"), (FACTS.name, 1, b""), (REPORTS.name, 0, b"report")],
        "foreign": [(REPORTS.name, 1, b"foreign")],
    }
    assert found.aside == [b"poison"]
    values = [
        one async for some in read.values(settings, REPORTS.name, (0,), Signed()) for one in some
    ]
    assert values == [b"report", b"foreign", b"poison"]


async def test_where_the_tables_stand_is_said(settings: Settings, bootstrap: str) -> None:
    """A broker without a ledger is a mistake of the settings, in one line."""
    found = await read.tables(settings)
    assert (found.partitions, found.signed) == (range(1), Signed())
    with pytest.raises(UserError, match="the broker has no cases"):
        await read.tables(scratch_settings(bootstrap))


def test_a_state_that_cannot_be_read_is_said_without_what_stands_there() -> None:
    """The line names the command that says where."""
    with pytest.raises(UserError, match="hostwatch verify") as refused:
        read.state_of(b'{"url":"http://secret.example/"}')
    assert "secret" not in str(refused.value)
