"""Nobody writes between reading and writing."""

import asyncio

import pytest
from desk_ledger import desk_ledger

from agents.engine.produce.exclusive import exclusively
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.errors import UserError
from schemas.topics import AUDIT


async def count(settings) -> int:
    """Return how many records stand in a topic."""
    found = 0
    async for records in read_partitions(settings, AUDIT.name, (0,)):
        found += len(records)
    return found


async def test_whoever_begins_later_ends_who_began_before(bootstrap, tmp_path) -> None:
    """The earlier one writes nothing and is told; what was written can be read at once."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings, begun, go_on = desk.ledger.settings, asyncio.Event(), asyncio.Event()

        async def slow() -> list[Send]:
            begun.set()
            await go_on.wait()
            return [Send(AUDIT.name, b"x", b"slow", partition=0)]

        async def fast() -> list[Send]:
            return [Send(AUDIT.name, b"x", b"fast", partition=0)] * (1 - await count(settings))

        first = asyncio.create_task(exclusively(settings, "desk", slow))
        await begun.wait()
        await exclusively(settings, "desk", fast)
        assert await count(settings) == 1
        go_on.set()
        with pytest.raises(UserError, match="began meanwhile"):
            await first
        await exclusively(settings, "desk", fast)
        assert await count(settings) == 1
