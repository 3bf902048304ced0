"""A URL with many records is folded beside the loop, and to the same bytes."""

import asyncio
import threading

import pytest
from ledger_events import KEY, check, placed, report

from agents.engine.stage import Received
from agents.stages.cases import folding
from agents.stages.cases.folding import HEAVY_BYTES, HEAVY_RECORDS, decoded, fold_records
from schemas import codec, topics
from streams import lifecycle

MANY = 8_000


def told(number: int) -> list[tuple]:
    """Return a report, a placement and so many checks of one URL."""
    return [report(seen=0), placed(), *(check(1 + n / 1_000) for n in range(number))]


def received(number: int) -> list[Received]:
    """Return them as they stand on the broker."""
    encoders = {"Attribution": (topics.FACTS.name, codec.FACT)}
    found = []
    for offset, (record, at) in enumerate(told(number)):
        topic, encoder = encoders.get(
            type(record).__name__, (topics.REPORTS.name, codec.REPORTS_ENTRY)
        )
        found.append(Received(topic, 0, offset, at, KEY.encode(), encoder.encode(record)))
    return found


async def turns_of(work) -> int:
    """Return how often the loop went round while something was awaited."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    counting = asyncio.create_task(count())
    await asyncio.sleep(0)
    before = turns
    await work
    counting.cancel()
    return turns - before


async def test_many_records_of_one_url_leave_the_loop_to_others() -> None:
    """It goes round while they are folded, and while one more is; what comes out is the same."""
    records = received(MANY)
    assert await turns_of(fold_records(KEY.encode(), None, records)) >= 3
    state = (await fold_records(KEY.encode(), None, records)).record_value
    assert state == codec.STATE.encode(lifecycle.advance(KEY, None, told(MANY)))
    assert len(state) > HEAVY_BYTES
    assert await turns_of(fold_records(KEY.encode(), state, records[-1:])) >= 3
    assert codec.STATE.encode(await decoded(state)) == state


@pytest.mark.parametrize(
    ("before", "number", "beside"),
    [
        (None, 1, False),
        (b"x" * (HEAVY_BYTES - 1), HEAVY_RECORDS - 1, False),
        (b"x" * HEAVY_BYTES, 1, True),
        (None, HEAVY_RECORDS, True),
    ],
)
async def test_what_is_short_costs_no_thread(monkeypatch, before, number, beside) -> None:
    """Nearly all URLs have few records, and a thread for each would cost more than the fold."""
    seen = []
    monkeypatch.setattr(
        folding, "fold_records_now", lambda *_: seen.append(threading.current_thread().name)
    )
    await fold_records(KEY.encode(), before, received(0)[:1] * number)
    assert (seen != [threading.current_thread().name]) == beside
