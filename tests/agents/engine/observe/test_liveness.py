"""A role's work is held against the broker's ends, not against what its consumer last heard."""

import asyncio
from collections.abc import Iterable, Mapping
from time import monotonic

import pytest
from disk_damage import damage
from groups import append, append_in_transaction, becomes
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.observe.liveness import (
    AGED_S,
    STALLED_S,
    BrokerReachability,
    Liveness,
    Reached,
    Where,
    appended_at,
)
from agents.engine.observe.ownership import STILL_S, Holding, Lag, Ownership
from agents.engine.read.end_offsets import Ends

TOPIC, INBOX = "in", "hotline.north.v1"
DEADLINE_S = 60


class Work:
    """A role that stands where it is put."""

    role = "role"
    topics = (TOPIC,)

    def __init__(self) -> None:
        """Own one partition and have handled nothing."""
        self.at: dict[Where, Reached] = {(TOPIC, 0): Reached(0, 0)}
        self.loads: frozenset[int] = frozenset()

    def assigned(self) -> Iterable[Where]:
        """Give what it owns."""
        return tuple(self.at)

    def loading(self) -> frozenset[int]:
        """Give what it loads."""
        return self.loads

    async def reached(self) -> Mapping[Where, Reached]:
        """Return where it stands."""
        return self.at


@pytest.fixture
async def settings(bootstrap) -> Settings:
    made = scratch_settings(bootstrap)
    await create_topic(made, TOPIC, 1)
    await append(made, TOPIC, [b"a", b"b", b"c"])
    return made


async def checked(settings: Settings, work: Work, *at_s: float) -> tuple[Holding, list[str]]:
    """Look at some times of the clock and return what was told, and whether it was a stall."""
    ownership, crashes = Ownership(), list[str]()
    ownership.set("role", frozenset({0}), frozenset({0}))
    liveness = Liveness(settings, work, ownership, lambda where, _: crashes.append(where))
    async with Ends(settings, ()) as ends:
        for now_s in at_s:
            await liveness.check_once(ends, now_s)
    return ownership.holdings[0], crashes


async def test_what_the_consumer_never_heard_of_is_lag(settings):
    """Three records stand there; the role has done one and has one in hand."""
    work = Work()
    work.at[TOPIC, 0] = Reached(2, 1)
    held, _ = await checked(settings, work, 0.0)
    assert held.lags == (Lag(topic=TOPIC, partition=0, records=2, done=1),)


async def test_a_role_that_handles_nothing_is_not_ready_then_ends(settings):
    """After 30 s, and after 5 min."""
    now_s = monotonic()
    held, crashes = await checked(settings, Work(), now_s - STILL_S, now_s)
    assert (held.still_s, held.works(now_s), crashes) == (STILL_S, False, [])
    held, crashes = await checked(settings, Work(), 0.0, STALLED_S + 1)
    assert crashes == ["role"]


async def test_a_role_that_loads_or_has_nothing_to_do_is_not_at_a_standstill(settings):
    """A load has a deadline of its own."""
    work = Work()
    work.loads = frozenset({0})
    assert (await checked(settings, work, 0.0, STALLED_S + 1))[0].still_s == 0
    work = Work()
    work.at[TOPIC, 0] = Reached(3, 3)
    assert (await checked(settings, work, 0.0, STALLED_S + 1))[0].still_s == 0


async def test_the_age_of_the_oldest_record_that_waits_is_the_brokers(settings):
    """It is read from the log, so it is right after a restart too; markers are no records."""
    work, ownership = Work(), Ownership()
    ownership.set("role", frozenset({0}), frozenset({0}))
    work.at[TOPIC, 0] = Reached(1, 1)
    task = asyncio.create_task(Liveness(settings, work, ownership).run())
    try:
        await becomes(lambda: ownership.holdings[0].oldest_at is not None)
        oldest_at = ownership.holdings[0].oldest_at
        assert oldest_at is not None
        assert abs(settings.clock.clock().now() - oldest_at) < DEADLINE_S * 1_000
        await append_in_transaction(settings, TOPIC, [(b"k", b"d")])
        work.at[TOPIC, 0] = Reached(5, 5)
        await becomes(lambda: ownership.holdings[0].oldest_at is None)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert AGED_S < STILL_S


@pytest.mark.parametrize("damaged", [0, 1, 2])
async def test_records_that_the_broker_cannot_find_are_lag_and_have_an_age(damaged_broker, damaged):
    """A length that leads behind the file's end: it answers with nothing, like at the end."""
    broker, folder = damaged_broker
    made = scratch_settings(broker.bootstrap)
    name = await create_topic(made, INBOX, 1, {"index.interval.bytes": "1"})
    for number in range(3):
        await append(made, INBOX, [b"%d" % number * 200])
    damage(folder / "log" / f"{name}-0", damaged, "length that leads behind the end")
    work, where = Work(), (INBOX, 0)
    work.at = {where: Reached(damaged, damaged)}
    held, crashes = await checked(made, work, 0.0, STALLED_S + 1)
    assert held.lags == (Lag(topic=INBOX, partition=0, records=3 - damaged, done=damaged),)
    assert crashes == ["role"]
    found = await appended_at(made, where, damaged)
    assert found is not None
    assert abs(made.clock.clock().now() - found) < DEADLINE_S * 1_000


async def test_a_process_hears_its_broker(settings):
    """Asked about any topic; before the first answer it has not heard."""
    hearing = BrokerReachability(settings, TOPIC)
    assert not hearing.answers()
    task = asyncio.create_task(hearing.run())
    try:
        await becomes(hearing.answers)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
