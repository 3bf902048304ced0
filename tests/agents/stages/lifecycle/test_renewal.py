"""A new method judges every case anew before its first figure is shown under the new label."""

import asyncio
import itertools
import os
import time
from pathlib import Path

import pytest
from ledger_events import GONE, KEY, ONLINE, START, at, notice, placed, report, slot, slots

from agents.config import ClockSettings, KafkaSettings, Settings, VantageSettings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.stages.cases.folding import events_of
from agents.stages.lifecycle.stage import ROLE, LifecycleStage
from schemas import codec, topics
from schemas.records.case import Position, position_key
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


def table_of_before(entries: list[Send]) -> list[Send]:
    """Return what a worker of another method left: two states, and a position behind them."""
    old = codec.STATE.encode(lifecycle.advance(KEY, None, [report(seen=0), placed()]))
    ends = {name: sum(send.topic == name for send in entries) for name in (REPORTS, FACTS)}
    position = Position(partition=0, offsets=ends, as_of=at(7), code="0", method="1")
    return [
        Send(CASES, KEY.encode(), old, partition=0),
        Send(CASES, OTHER, old, partition=0),
        Send(CASES, position_key(0), codec.POSITION.encode(position), partition=0),
    ]


async def folded(settings: Settings) -> bytes:
    """Return the record that the ledger comes to."""
    record = None
    for topic in (REPORTS, FACTS):
        async for records in read_partitions(settings, topic, (0,)):
            for one in records:
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


async def test_a_table_of_another_method_is_folded_anew_from_the_ledger(settings):
    """Every state is what the ledger comes to, or is gone; until then the position names the method
    before, and it goes on where it was.
    """
    await apply(settings, wanted(settings))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    made = LifecycleStage(settings, outbox, Transactions(settings, ROLE), probing=False)
    try:
        entries = ledger()
        await outbox.send([*entries, *table_of_before(entries)])
        before = len(await written(settings))
        async with asyncio.timeout(60):
            await made.assigned(frozenset({0}))
        table = made._tables[0]
        assert table.record(KEY) == await folded(settings)
        assert table.store.get(OTHER) is None
        assert table.method == lifecycle.METHOD_VERSION
        assert table.offsets[REPORTS] == 2
        new = (await written(settings))[before:]
        methods = [
            codec.POSITION.decode(value).method
            for key, value in new
            if key == position_key(0) and value is not None
        ]
        assert methods[0] == "1"
        assert methods[-1] == lifecycle.METHOD_VERSION
        assert (OTHER, None) in new or (OTHER, b"") in new
    finally:
        await made.revoked(frozenset({0}))
        await outbox.stop()
