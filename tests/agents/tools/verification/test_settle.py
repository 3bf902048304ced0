"""A ledger has settled when all that stood there has gone through, stage by stage."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from groups import append, append_in_transaction, commit
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Send
from agents.tools.verification import broker as asking
from agents.tools.verification import settle as waiting
from agents.tools.verification.broker import PartitionReader, opened
from agents.tools.verification.settle import settle
from schemas.codec import POSITION
from schemas.records.case import Position, position_key
from schemas.topics import CASES, FACTS, HOTLINE, REPORTS
from verify.methods import NEWEST

INBOX = HOTLINE.named("north")
TOPICS = dict.fromkeys((INBOX, REPORTS.name, FACTS.name, "decisions.v1", CASES.name), 1)
SOON_S, LONG_S = 0.5, 60.0


@pytest.fixture
async def settings(bootstrap: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return a ledger of one partition, which is read often."""
    monkeypatch.setattr(asking, "ASKED_AGAIN", 1)
    monkeypatch.setattr(waiting, "POLL_S", 0.02)
    made = scratch_settings(bootstrap)
    for topic in TOPICS:
        await create_topic(made, topic, 1)
    return made


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[PartitionReader]:
    """Return what asks."""
    async with opened(settings) as found:
        yield found


async def fold(settings: Settings, method: str = NEWEST, **offsets: int) -> None:
    """Write up to where the table holds the ledger, and by which method."""
    held = {f"{topic}.v1": offset for topic, offset in offsets.items()}
    said = Position(partition=0, offsets=held, as_of=1, code="1", method=method)
    await send_once(
        settings, [Send(CASES.name, position_key(0), POSITION.encode(said), partition=0)]
    )


async def test_a_ledger_in_which_nothing_stands_has_settled(
    settings: Settings, broker: PartitionReader
) -> None:
    """Markers of transactions and records that were taken back are nothing to wait for."""
    await append_in_transaction(settings, FACTS.name, [(b"k", b"taken back")], commit=False)
    assert await settle(broker, TOPICS, LONG_S)


async def test_every_stage_is_waited_for_in_turn(
    settings: Settings, broker: PartitionReader
) -> None:
    """The inbox has an outcome, the report an attribution, and the table holds both."""
    await append(settings, INBOX, [b"{}"])
    assert not await settle(broker, TOPICS, SOON_S)
    await commit(settings, "intake", INBOX, 1)
    assert await settle(broker, TOPICS, LONG_S)
    await append(settings, REPORTS.name, [b"{}"])
    await append(settings, FACTS.name, [b"{}"])
    await fold(settings, reports=1)
    assert not await settle(broker, TOPICS, SOON_S)
    await commit(settings, "attribution", REPORTS.name, 1)
    task = asyncio.create_task(settle(broker, TOPICS, LONG_S))
    await fold(settings, reports=1, facts=1)
    assert await task


async def test_a_table_of_another_method_is_waited_for(
    settings: Settings, broker: PartitionReader
) -> None:
    """While a new release judges a partition anew its states are of the one method or the other."""
    await append(settings, FACTS.name, [b"{}"])
    await fold(settings, method="9", facts=1)
    assert not await settle(broker, TOPICS, SOON_S)
    await fold(settings, facts=1)
    assert await settle(broker, TOPICS, LONG_S)


async def test_what_comes_later_is_not_waited_for(
    settings: Settings, broker: PartitionReader
) -> None:
    """A ledger at work would never settle."""
    await append(settings, FACTS.name, [b"{}"])
    await fold(settings, facts=1)
    assert await settle(broker, TOPICS, LONG_S)
    await append(settings, FACTS.name, [b"{}"])
    assert not await settle(broker, TOPICS, SOON_S)
