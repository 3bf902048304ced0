"""What the demo follows: the newest state of each URL, one outcome for each record, and how far."""

import asyncio

import pytest
from perfect_pipeline import outcomes

from agents.config import KafkaSettings, Settings, VantageSettings
from agents.engine.read.brokers import local
from agents.engine.stage import Send
from schemas.closed_lists import Result
from schemas.codec import OUTCOME, POSITION, STATE
from schemas.moments import DAY_MS
from schemas.records.case import POSITION_KEY, CaseSummary, Position, UrlState
from schemas.topics import CASES, OUTCOMES
from sim.demo.tables import DemoTables
from sim.memory.broker.broker import Broker
from sim.memory.broker.client import Local
from sim.world.world import WORLD_START, Plan, World

AT = WORLD_START
SETTINGS = Settings(kafka=KafkaSettings(bootstrap="memory-tables", partitions=2))


@pytest.fixture
def broker():
    with_broker = Broker(lambda: AT)
    with local("memory-tables", Local(with_broker, lambda wall_ms: wall_ms)):
        yield with_broker


def state(key, *hosters):
    """Return the state of a URL with a case at each of some hosters."""
    cases = tuple(
        CaseSummary(
            case_id=f"{key}-{hoster}",
            hoster=hoster,
            group=hoster,
            opened_at=AT,
            reported_at=AT,
            received_at=AT,
            phases=(),
        )
        for hoster in hosters
    )
    return STATE.encode(UrlState(url_key=key, cases=cases))


def position(partition, as_of):
    said = Position(partition=partition, offsets={}, as_of=as_of, code="test", method="10")
    value = POSITION.encode(said)
    return Send(CASES.name, POSITION_KEY + b"%d" % partition, value, partition=partition)


async def followed(tables, broker, sends, done):
    """Write records, and follow until a condition holds."""
    tasks = [
        asyncio.create_task(tables.follow_cases(SETTINGS)),
        asyncio.create_task(tables.follow_outcomes(SETTINGS)),
    ]
    tables.tasks = tuple(tasks)
    for send in sends:
        broker.write(send)
    try:
        async with asyncio.timeout(60):
            while not done():
                tables.check()
                await asyncio.sleep(0)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_all_has_been_read_when_every_partition_says_so(broker):
    """The partition that is furthest behind says how far; one that is silent holds all up."""
    tables = DemoTables(partitions=2)
    first = [position(0, AT + 5)]
    await followed(tables, broker, first, lambda: bool(tables._read_at))
    assert tables.read_at == 0
    await followed(tables, broker, [position(1, AT + 3)], lambda: tables.read_at > 0)
    assert tables.read_at == AT + 3
    await followed(tables, broker, [position(1, AT + 9)], lambda: tables.read_at > AT + 3)
    assert tables.evidence(AT, AT).read_at == AT + 5
    assert tables.evidence(AT + 7, AT).read_at == AT + 7


async def test_of_each_url_the_newest_state_counts(broker):
    """A state takes the place of the one before; one that was taken away is there no more."""
    tables = DemoTables(partitions=2)
    sends = [
        Send(CASES.name, b"a" * 32, state("a" * 32, "amber")),
        Send(CASES.name, b"b" * 32, state("b" * 32, "birch")),
        Send(CASES.name, b"a" * 32, state("a" * 32, "amber", "cedar")),
        Send(CASES.name, b"b" * 32, None),
        position(0, AT),
        position(1, AT),
    ]
    await followed(tables, broker, sends, lambda: tables.read_at > 0)
    urls = tables.evidence(AT, AT).urls
    assert {key: [c.hoster for c in url.cases] for key, url in urls.items()} == {
        "a" * 32: ["amber", "cedar"]
    }


async def test_each_record_is_settled_once_and_each_report_has_to_be_placed(broker):
    """An outcome that is written twice is one; reports are placed once their URLs have cases."""
    world = World(Plan(seed=3, port=18_080))
    told = list(outcomes(world, AT + DAY_MS // 4))
    twice = [Send(OUTCOMES.name, b"k", OUTCOME.encode(one)) for one in (*told, *told)]
    tables = DemoTables(partitions=2)
    await followed(tables, broker, twice, lambda: tables.settled == len(told))
    assert len(tables.evidence(AT, AT).outcomes) == len(told)
    assert not tables.placed
    keys = {o.url_key for o in told if o.type == "report" and o.result is Result.ACCEPTED}
    urls = [Send(CASES.name, key.encode(), state(key, "amber")) for key in sorted(keys)]
    await followed(tables, broker, urls[1:], lambda: len(tables._urls) == len(urls) - 1)
    assert not tables.placed
    await followed(tables, broker, urls, lambda: len(tables._urls) == len(urls))
    assert tables.placed


async def test_what_ends_the_following_is_raised(broker):
    """A state that cannot be read is no URL without cases."""
    tables = DemoTables(partitions=2)
    broken = [Send(CASES.name, b"c" * 32, b"\xc1")]
    with pytest.raises(Exception, match="malformed"):
        await followed(tables, broker, broken, lambda: False)


def test_probes_are_told_by_vantages_that_decide_and_those_that_are_hidden():
    """Which is which stands in the settings."""
    tables = DemoTables(partitions=2)
    vantages = (
        VantageSettings(id="announced", asn=64_496),
        VantageSettings(id="hidden", asn=64_498, announced=False, recheck=True),
        VantageSettings(id="quiet", asn=64_497, announced=False),
    )
    found = tables.probes(vantages, tables.evidence(AT, AT))
    assert (found.vantages, found.hidden) == (("announced", "quiet"), ("hidden",))
    assert found.probes == found.placed == {}
