"""The broker's time on a real broker: read at the start and once a minute, and believed."""

import asyncio
import time

import pytest
from scratch_topics import scratch_settings

from agents.clock import Clock
from agents.config import Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.broker_time import BrokerClock, BrokerTime
from agents.engine.produce.timekeeper import Timekeeper
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from schemas import codec, topics
from schemas.moments import DAY_MS, MINUTE_MS

DEADLINE_S = 60
SLACK_MS = MINUTE_MS
"""More than a loaded machine takes between two lines."""

_TRUE_NS = time.time_ns


@pytest.fixture
async def settings(bootstrap, tmp_path) -> Settings:
    """Return settings of a ledger with topics."""
    made = scratch_settings(bootstrap, state_dir=tmp_path, vantages=())
    await apply(made, wanted(made))
    return made


@pytest.fixture
def set_clock(monkeypatch):
    """Set this machine's clock, as far as it asks for the time."""

    def put(by_ms: int) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: _TRUE_NS() + by_ms * 1_000_000)

    return put


def true_ms() -> int:
    """Return what the broker's clock shows: it has this machine's."""
    return _TRUE_NS() // 1_000_000


@pytest.mark.parametrize(
    ("by_ms", "said"),
    [(2 * DAY_MS, "2 d ahead of the broker's"), (-6 * MINUTE_MS, "6 min behind the broker's")],
)
async def test_a_wrong_clock_ends_the_start_in_one_line(settings, set_clock, by_ms, said) -> None:
    """It says which way, how far, and what to do."""
    set_clock(by_ms)
    with pytest.raises(UserError) as refused:
        await Timekeeper(settings).start()
    line = str(refused.value)
    assert f"this machine's clock is {said}" in line
    assert "NTP" in line
    assert "\n" not in line


@pytest.mark.parametrize("by_ms", [0, 4 * MINUTE_MS, -4 * MINUTE_MS])
async def test_five_minutes_are_allowed(settings, set_clock, by_ms) -> None:
    """And nothing but the broker's clock is believed all the same."""
    set_clock(by_ms)
    keeper = Timekeeper(settings)
    await keeper.start()
    try:
        now = BrokerClock(Clock(), keeper.time).now()
        assert true_ms() - SLACK_MS < now <= true_ms()
        assert abs(keeper.apart_ms() - by_ms) < SLACK_MS
    finally:
        await keeper.stop()


async def test_a_clock_set_two_days_ahead_later_moves_no_time(settings, set_clock) -> None:
    """The steady clock goes on from the last reading, and how far they are apart is told."""
    keeper = Timekeeper(settings)
    await keeper.start()
    try:
        clock = BrokerClock(Clock(), keeper.time)
        set_clock(2 * DAY_MS)
        assert true_ms() - SLACK_MS < clock.now() <= true_ms()
        assert Clock().now() > true_ms() + DAY_MS
        assert abs(keeper.apart_ms() - 2 * DAY_MS) < SLACK_MS
    finally:
        await keeper.stop()


async def test_it_is_read_again_and_again(settings) -> None:
    """A record each time, keyed by the process, whose append time is the broker's."""
    keeper = Timekeeper(settings, every_s=0.01)
    await keeper.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while len(found := await readings(settings)) < 3:
                pass
    finally:
        await keeper.stop()
    assert len({key for key, _ in found}) == 1
    for key, value in found:
        assert codec.CLOCK.decode(value).process == key.decode()


async def readings(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Return what stands in the topic."""
    batches = read_partitions(settings, topics.CLOCK.name, (0,))
    return [(record.key, record.value) async for batch in batches for record in batch]


def test_world_time_runs_faster_by_the_brokers_clock_too() -> None:
    """The practice world is a world of the broker's time."""
    told = BrokerTime()
    told.acknowledged(told.handed_in(), [1_000_000])
    clock = BrokerClock(Clock(start_wall_ms=900_000, start_world_ms=5, speed=60.0), told)
    assert clock.now() >= 5 + 100_000 * 60
    assert clock.world(900_001) == 65
