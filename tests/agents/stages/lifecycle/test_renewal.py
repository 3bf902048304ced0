"""A table is brought up to a new method, or to what was set aside, before it is worked with."""

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ledger_events import GONE, KEY, ONLINE, START, notice, placed, report, slot, slots
from signers import DAY, Signers

from agents.config import ClockSettings, KafkaSettings, Settings, VantageSettings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.registry.skips import SetAside
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from agents.stages.cases.folding import events_of
from agents.stages.cases.ledger_filter import LedgerFilter
from agents.stages.lifecycle.stage import ROLE, LifecycleStage
from schemas import codec, topics
from schemas.records.case import Position, position_key
from schemas.records.skips import Skip, skip_key
from streams import lifecycle

RUNS = itertools.count()
OTHER = b"f" * 32
"""A URL of which the ledger holds nothing that counts any more."""

CASES, REPORTS, FACTS = topics.CASES.name, topics.REPORTS.name, topics.FACTS.name


@pytest.fixture
def settings(bootstrap: str, tmp_path: Path) -> Settings:
    """Settings of a ledger with one partition."""
    return Settings(
        kafka=KafkaSettings(
            bootstrap=bootstrap, topic_prefix=f"rn{os.getpid()}x{next(RUNS)}.", partitions=1
        ),
        clock=ClockSettings(start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=START),
        state_dir=tmp_path,
        vantages=tuple(VantageSettings(id=id) for id in ("north", "south")),
    )


def ledger() -> list[Send]:
    """Return the records of a removal."""
    told = [report(seen=0), notice(1)]
    seen = [placed(), *slot(2, ONLINE), *slots([5, 5.2, 5.6, 6], GONE)]
    made = [
        Send(REPORTS, KEY.encode(), codec.REPORTS_ENTRY.encode(e), partition=0) for e, _ in told
    ]
    return made + [Send(FACTS, KEY.encode(), codec.FACT.encode(f), partition=0) for f, _ in seen]


def position_at(entries: list[Send], method: str) -> Position:
    """Return a position behind all entries."""
    ends = {name: sum(send.topic == name for send in entries) for name in (REPORTS, FACTS)}
    return Position(partition=0, offsets=ends, as_of=START, code="0", method=method)


def table_of_before(entries: list[Send]) -> list[Send]:
    """Return what a worker of another method left: two states, and a position behind them."""
    old = codec.STATE.encode(lifecycle.advance(KEY, None, [report(seen=0), placed()]))
    position = position_at(entries, "1")
    return [
        Send(CASES, KEY.encode(), old, partition=0),
        Send(CASES, OTHER, old, partition=0),
        Send(CASES, position_key(0), codec.POSITION.encode(position), partition=0),
    ]


async def folded(settings: Settings, without: tuple[str, int] = ("", -1)) -> bytes:
    """Return the record that the ledger comes to, without the one at a topic and offset."""
    record = None
    for topic in (REPORTS, FACTS):
        async for records in read_partitions(settings, topic, (0,)):
            for one in records:
                if (topic, one.offset) == without:
                    continue
                happened = events_of(KEY, [one])
                record = lifecycle.update_record(KEY, record, happened).record_value
    assert record is not None
    return record


async def written(settings: Settings) -> list[tuple[bytes, bytes | None]]:
    """Return all keys and values of the table's topic, oldest first."""
    found = []
    async for records in read_partitions(settings, CASES, (0,)):
        found += [(one.key, one.value) for one in records]
    return found


def aside_at(topic: str, offset: int) -> SetAside:
    """Return what two persons set aside: one record, whatever stands there."""
    signers, found = Signers("anna", "bram"), SetAside()
    signers.found("anna", "bram", at=START)
    skip = Skip(
        topic=topic,
        partition=0,
        offset=offset,
        digest="0" * 32,
        reason="x",
        decided_at=START,
        signatures=(),
    )
    value = codec.SKIP.encode(signers.sign(skip, "anna", "bram"))
    key = skip_key(topic, 0, offset)
    found.add([Received("skips.v1", 0, 0, START + DAY, key, value)], signers.persons)
    return found


@asynccontextmanager
async def stage(
    settings: Settings, sends: list[Send], ledger_filter: LedgerFilter | None = None
) -> AsyncIterator[tuple[LifecycleStage, list[tuple[bytes, bytes | None]]]]:
    """Own a partition where records stand; give the stage and what it has written of the table."""
    await apply(settings, wanted(settings))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    made = LifecycleStage(
        settings,
        outbox,
        Transactions(settings, ROLE),
        probing=False,
        ledger_filter=ledger_filter,
    )
    try:
        await outbox.send(sends)
        before = len(await written(settings))
        async with asyncio.timeout(60):
            await made.assigned(frozenset({0}))
        yield made, (await written(settings))[before:]
    finally:
        await made.revoked(frozenset({0}))
        await outbox.stop()


def positions(pairs: list[tuple[bytes, bytes | None]]) -> list[Position]:
    """Return the positions among keys and values of the table."""
    return [codec.POSITION.decode(value) for key, value in pairs if key == position_key(0)]


async def test_a_table_of_another_method_is_folded_anew_from_the_ledger(settings):
    """Every state is what the ledger comes to, or is gone; until then the position names the method
    before, and it goes on where it was.
    """
    entries = ledger()
    async with stage(settings, [*entries, *table_of_before(entries)]) as (made, new):
        table = made._tables[0]
        assert table.record(KEY) == await folded(settings)
        assert table.store.get(OTHER) is None
        assert table.method == lifecycle.METHOD_VERSION
        assert table.offsets[REPORTS] == 2
        methods = [position.method for position in positions(new)]
        assert methods[0] == "1"
        assert methods[-1] == lifecycle.METHOD_VERSION
        assert (OTHER, None) in new or (OTHER, b"") in new


async def test_what_is_set_aside_late_takes_its_url_back_and_nothing_else(settings):
    """The URL's state goes from the one before to the one without the record. It is never missing
    between, no other URL is written, and the position never says less than the states hold.
    """
    entries = ledger()
    position = position_at(entries, lifecycle.METHOD_VERSION)
    state = codec.STATE.encode(lifecycle.advance(KEY, None, [report(seen=0), placed()]))
    held = [
        Send(CASES, KEY.encode(), state, partition=0),
        Send(CASES, OTHER, state, partition=0),
        Send(CASES, position_key(0), codec.POSITION.encode(position), partition=0),
    ]
    place = FACTS, 2
    aside = LedgerFilter(aside=aside_at(*place))
    async with stage(settings, [*entries, *held], aside) as (made, new):
        table = made._tables[0]
        wanted_record = await folded(settings, without=place)
        assert wanted_record != await folded(settings)
        assert [(key, value) for key, value in new if key != position_key(0)] == [
            (KEY.encode(), wanted_record)
        ]
        assert table.record(KEY) == wanted_record
        assert table.store.get(OTHER) == state
        assert {tuple(sorted(one.offsets.items())) for one in positions(new)} == {
            tuple(sorted(position.offsets.items()))
        }
        assert [one.skips for one in positions(new)] == [0, 1]
        assert {one.as_of for one in positions(new)} == {START}
