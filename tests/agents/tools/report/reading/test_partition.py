"""A partition of a real broker is folded up to its position, and no further."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from ledger_events import CONTROL, GONE, START, slots
from small_ledger import KEYS, PARTITIONS, SmallLedger, fill, open_ledger

from agents.edges.crypto.keys import Keyring
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.report.publication import PeriodReport, ReadOptions, reported
from agents.tools.report.reading.partition import MARGIN_MS, PartitionTask, part_of
from agents.tools.report.reading.position import ground_of
from schemas.moments import DAY_MS
from schemas.topics import FACTS
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort

COHORT = Cohort(START - DAY_MS, START + DAY_MS, 86_400)


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> AsyncIterator[SmallLedger]:
    """Six URLs at two hosters; five were noticed within a few hours."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        Keyring.create(tmp_path / "keys.json")
        found.settings = found.settings.model_copy(update={"key_file": tmp_path / "keys.json"})
        await fill(found)
        await found.fold(as_of=COHORT.as_of, method=METHOD_VERSION)
        yield found


async def whole(ledger: SmallLedger, reading: ReadOptions | None = None) -> PeriodReport:
    """Return the report of the period."""
    return await reported(
        ledger.settings, COHORT, 0.8, lambda *_: None, reading=reading or ReadOptions()
    )


async def test_what_came_after_the_position_changes_nothing(ledger: SmallLedger) -> None:
    """Lifecycle is not there yet, or it was stated before: the same cases, whenever it is read."""
    before = await whole(ledger)
    there = {"hoster": "other", "hosters": ("other",), "control": CONTROL}
    ends = slots([80, 80.2, 80.4, 80.6, 80.8, 81], GONE, **there)
    await ledger.facts(KEYS[4], ends)
    assert (await whole(ledger)).cases == before.cases
    await ledger.fold(as_of=COHORT.as_of, method=METHOD_VERSION)
    after = await whole(ledger)
    assert after.positions != before.positions
    assert after.cases != before.cases
    again = await whole(ledger, ReadOptions(positions=before.positions))
    assert (again.cases, again.positions) == (before.cases, before.positions)


async def test_urls_of_another_time_are_not_folded(ledger: SmallLedger) -> None:
    """What no case of the cohort can come of is left out; what cannot be read there, too."""
    ground = await ground_of(ledger.settings, COHORT.as_of)
    await ledger.outbox.send([Send(FACTS.name, KEYS[0].encode(), b"no fact")])

    def task(cohort: Cohort, more: int) -> list[PartitionTask]:
        ends = ground.stated.positions
        return [
            PartitionTask(
                ledger.settings,
                part,
                {topic: end + more for topic, end in ends[str(part)].items()},
                ground.signed,
                cohort,
            )
            for part in range(PARTITIONS)
        ]

    with pytest.raises(UserError, match="cannot be read; `hostwatch verify` names it"):
        await asyncio.gather(*map(part_of, task(COHORT, 1)))
    later = COHORT.from_at + MARGIN_MS + 3_650 * DAY_MS
    for one in task(period_from(later), 1):
        found = await part_of(one)
        assert (found.cases, found.left_out) == ([], {})


async def test_what_was_appended_after_the_watch_is_not_counted(ledger: SmallLedger) -> None:
    """By the broker's time of each record, whatever time the record itself speaks of."""
    assert (await whole(ledger)).cases
    clock = ledger.settings.clock
    later = clock.model_copy(update={"start_world_ms": COHORT.as_of + DAY_MS})
    ledger.settings = ledger.settings.model_copy(update={"clock": later})
    found = await whole(ledger)
    assert (found.cases, found.context.left_out) == ([], {})


def period_from(from_at: int) -> Cohort:
    """Return the period of the same length that begins then."""
    return Cohort(from_at, from_at + COHORT.to_at - COHORT.from_at, COHORT.norm_s)
