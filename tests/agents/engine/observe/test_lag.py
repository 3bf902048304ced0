"""How far a role says it is behind, on a real broker."""

import asyncio

from contestants import IN, ROLE, Job, Record, ours
from groups import append, becomes
from scratch_topics import create_topic, scratch_settings

from agents.engine.observe.ownership import OWNERSHIP, Holding, Lag

DEADLINE_S = 60


def held() -> Holding:
    return next((one for one in OWNERSHIP.holdings if one.role == ROLE), Holding(role=ROLE))


def lag(partition: int, records: int, done: int = 0) -> Lag:
    return Lag(topic=IN, partition=partition, records=records, done=done)


async def test_a_role_is_behind_by_what_it_has_not_done(bootstrap, tmp_path):
    """From the lowest record in hand to the end; nothing once all is done, also after a restart."""
    settings = scratch_settings(bootstrap, state_dir=tmp_path)
    await create_topic(settings, IN, 2)
    await append(settings, IN, [b"a", b"held", b"c", b"d"])
    going = asyncio.Event()

    async def handle(record: Record) -> None:
        if record.value == b"held":
            await going.wait()

    job = Job(handle, concurrency=4)
    async with asyncio.timeout(DEADLINE_S):
        async with ours(settings, job):
            await becomes(lambda: held().lags == (lag(0, 3, 1), lag(1, 0)))
            going.set()
            await becomes(lambda: held().lags == (lag(0, 0, 4), lag(1, 0)))
        assert held().lags == ()
        async with ours(settings, job):
            await becomes(lambda: held().lags == (lag(0, 0, 4), lag(1, 0)))
