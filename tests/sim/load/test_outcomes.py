"""Outcomes are followed from where they end, and each wait is from append to append."""

import asyncio

import pytest
from scratch_topics import create_topic, scratch_settings

from agents.config import ClockSettings, KafkaSettings, Settings
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.closed_lists import Result
from schemas.codec import OUTCOME
from schemas.records.processing import Origin, OutcomeRecord
from schemas.topics import HOTLINE, OUTCOMES
from sim.load.accounts import LoadAccounts, code
from sim.load.outcomes import LedgerUnreadable, Outcomes, ends

LINE = "practice-1"
INBOX = HOTLINE.named(LINE)
LONG_AGO = 60 * 60 * 1_000
SPEED = 100.0


async def test_a_ledger_that_cannot_be_read_is_told_of():
    """Nobody listens there: that is no run without outcomes."""
    settings = Settings(kafka=KafkaSettings(bootstrap="127.0.0.1:1"))
    outcomes = Outcomes(settings, LoadAccounts({}))
    with pytest.raises(LedgerUnreadable):
        await outcomes.start()
    await outcomes.stop()
    assert not outcomes.broken


def outcome(offset, appended_at):
    value = OutcomeRecord(
        hotline=LINE,
        record_id=f"r-{offset}",
        origin=Origin(topic=INBOX, partition=0, offset=offset, appended_at=appended_at),
        result=Result.ACCEPTED,
        type="report",
    )
    return Send(OUTCOMES.name, LINE.encode(), OUTCOME.encode(value), partition=0)


async def test_what_is_new_is_settled_once_and_waits_are_the_broker_s(bootstrap):
    """What stood there before is no part of the run; in quick time a wait is told in wall time."""
    clock = ClockSettings(start_wall_ms=0, start_world_ms=0, speed=SPEED)
    settings = scratch_settings(bootstrap, clock=clock)
    await create_topic(settings, OUTCOMES.name, 1)
    await create_topic(settings, INBOX, 1)
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(INBOX, b"old", b"{}", partition=0), outcome(0, 0)])
        accounts = LoadAccounts(await ends(settings, [LINE]))
        accounts.handed_in((INBOX, 0), 1, bytes([code(Result.ACCEPTED, None)] * 2))
        outcomes = Outcomes(settings, accounts)
        await outcomes.start()
        try:
            sent_at = clock.clock().now() - int(LONG_AGO * SPEED)
            await outbox.send([outcome(1, sent_at), outcome(1, sent_at), outcome(2, sent_at)])
            async with asyncio.timeout(60):
                while accounts.settled < 2:
                    await asyncio.sleep(0)
            assert not outcomes.broken
        finally:
            await outcomes.stop()
    finally:
        await outbox.stop()
    held = accounts.balance()
    assert (held.accepted, held.outstanding, held.otherwise, held.twice) == (2, 0, 0, 0)
    assert len(outcomes.delays) == 2
    shortest = outcomes.delays.at(0.0)
    assert shortest is not None
    assert LONG_AGO * 0.98 < shortest < LONG_AGO * 1.1
