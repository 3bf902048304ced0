"""Records handed in at a rate that is the clock's, to a broker that stands still for a while."""

import asyncio
import random
from contextlib import asynccontextmanager

import pytest
from stopped_process import standing_still

from agents.config import KafkaSettings, Settings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import LocalBroker
from sim.load import sender as module
from sim.load.accounts import LoadAccounts
from sim.load.mix import Mix
from sim.load.outcomes import ends
from sim.load.places import Places, hosters
from sim.load.practice import checked, registry
from sim.load.sender import Sender

pytestmark = pytest.mark.timeout(180)
RATE, SECONDS, STILL, BEHIND = 200, 3, 100, 400
ENTRIES = registry(1)
BEGUN_AT = 1_770_000_000_000


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """A broker that may be stopped without anybody else noticing."""
    with LocalBroker(tmp_path_factory.mktemp("kafka")) as started:
        yield started


@asynccontextmanager
async def sending(broker, name):
    """Yield a sender at work, its accounts, and the task."""
    kafka = KafkaSettings(
        bootstrap=broker.bootstrap, topic_prefix=f"practice-{name}.", partitions=2
    )
    settings = Settings(kafka=kafka)
    lines = checked(ENTRIES)
    await apply(settings, wanted(settings, lines))
    accounts = LoadAccounts(await ends(settings, lines))
    chance = random.Random(1)
    mix = Mix(chance, lines, Places(chance, hosters(ENTRIES), named=False), BEGUN_AT)
    one = Sender(settings, accounts)
    await one.start()
    try:
        work = one.run(
            lambda at_s: mix.record(BEGUN_AT + int(at_s * 1_000)), RATE, SECONDS, asyncio.Event()
        )
        yield one, accounts, asyncio.create_task(work)
    finally:
        await one.stop()


async def until(true):
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def test_the_rate_is_the_clocks_and_waits_count_from_when_a_record_was_due(broker):
    """While the broker stands still records go on being made; their waits show it afterwards."""
    async with sending(broker, "open") as (sender, accounts, work):
        sent = sender.sent
        await until(lambda: sent.acknowledged > 0)
        with standing_still(broker.process.pid):
            await until(lambda: sent.waiting >= STILL)
        await work
        await sender.drain()
    assert (sent.sent, sent.acknowledged, sent.failed) == (RATE * SECONDS, RATE * SECONDS, 0)
    assert (sent.waits.at(1.0) or 0) >= 0.98 * (STILL - 1) / RATE * 1_000
    assert accounts.balance().outstanding == RATE * SECONDS  # all of them, where the broker said


async def test_what_waits_is_bounded_and_being_behind_is_told(broker, monkeypatch):
    """Beyond the bound nothing is made; what was due meanwhile is made later, none is left out."""
    monkeypatch.setattr(module, "WAITING_MAX", 50)
    async with sending(broker, "bound") as (sender, _, work):
        sent = sender.sent
        await until(lambda: sent.acknowledged > 0)
        with standing_still(broker.process.pid):
            await until(lambda: sent.behind >= BEHIND)
            assert sent.waiting <= 50
        await work
        await sender.drain()
    assert sent.acknowledged == RATE * SECONDS
    assert sent.behind == 0
    assert sent.behind_max >= BEHIND
    # what waited then, and what had been due for half a second and was not made: 350 of 600
    assert (sent.waits.at(0.45) or 0) >= 490
