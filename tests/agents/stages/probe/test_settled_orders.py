"""Orders that others settled are known after a rebalance, from their facts on a real broker."""

from pathlib import Path

import pytest
from ledger_events import GONE, NORTH, ONLINE, SOUTH, observation, placed
from probe_bench import OWN, bench_of
from scratch_topics import scratch_settings
from web_server import answers, response, web_server

from agents.config import Settings
from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.stages.probe import settled_orders
from agents.stages.probe.settled_orders import SettledOrders
from schemas.codec import FACT
from schemas.records.facts import Attribution, Observation
from schemas.topics import FACTS

NAMES = {"one.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN,))}


@pytest.fixture
async def ledger(bootstrap, tmp_path: Path) -> Settings:
    """Return settings of a ledger with topics."""
    made = scratch_settings(bootstrap, state_dir=tmp_path, vantages=())
    await apply(made, wanted(made))
    return made


async def write(ledger: Settings, *facts: Observation | Attribution, raw: bytes = b"") -> None:
    """Append facts, and what is none."""
    outbox = KafkaOutbox(ledger)
    await outbox.start()
    sends = [Send(FACTS.name, fact.url_key.encode(), FACT.encode(fact)) for fact in facts]
    await outbox.send([*sends, Send(FACTS.name, b"k", raw), Send(FACTS.name, b"k", None)])
    await outbox.stop()


def seen(hours: float, vantage: str = NORTH) -> Observation:
    """Return a fact of a vantage."""
    return observation(hours, ONLINE, vantage)[0]


async def test_the_facts_of_a_vantage_tell_what_it_settled(ledger: Settings) -> None:
    """Others' and what is none tell nothing; what comes later is read from there on."""
    first, other, later = seen(1), seen(1, SOUTH), seen(2)
    await write(ledger, first, other, placed()[0], raw=b"{half")
    settled = SettledOrders(NORTH, ledger)
    await settled.read_back()
    assert first.order_id in settled
    assert other.order_id not in settled
    assert len(settled) == 1
    begun_at = dict(settled._read_to)
    await write(ledger, later, seen(3, SOUTH))
    await settled.read_back()
    assert later.order_id in settled
    assert sum(settled._read_to.values()) > sum(begun_at.values())


async def test_facts_older_than_any_open_window_are_left_alone(ledger: Settings) -> None:
    """They were appended more than 6 h ago, as the broker's clock goes on."""
    await write(ledger, seen(1))
    hours_on = 7 * 3_600_000
    settled = SettledOrders(
        NORTH, ledger, lambda: settled_orders.time.time_ns() // 10**6 + hours_on
    )
    await settled.read_back()
    assert len(settled) == 0


async def test_what_is_read_back_is_bounded(ledger: Settings, monkeypatch) -> None:
    """The newest of each partition, and of those as many as are remembered."""
    monkeypatch.setattr(settled_orders, "READ_BACK_MAX", 12 * 5)
    many = [seen(hour) for hour in range(20)]
    await write(ledger, *many)  # of one URL, so in one partition; two records follow
    settled = SettledOrders(NORTH, ledger, bound=2)
    await settled.read_back()
    assert [fact.order_id in settled for fact in many[-3:]] == [False, True, True]
    assert len(settled) == 2


async def test_an_order_that_another_settled_is_not_probed_again(
    ledger: Settings, tmp_path: Path
) -> None:
    """The next owner of its partition asks nobody, and what was not settled it probes."""
    settled = SettledOrders("north", ledger)
    it = bench_of(tmp_path, Recorded(NAMES), settled=settled)
    async with web_server(answers(response(404)), host=OWN) as server:
        order = it.order(f"http://one.example:{server.port}/x", not_after=1 << 60)
        open_still = it.order(f"http://one.example:{server.port}/y", not_after=1 << 60)
        fact = observation(0, GONE, "north")[0]
        await write(
            ledger,
            Observation(
                **{
                    **{name: getattr(fact, name) for name in fact.__struct_fields__},
                    "order_id": order.order_id,
                }
            ),
        )
        await it.stage.assigned(frozenset({0}))
        assert await it.settle(order) == []
        assert server.connections == 0
        assert len(await it.settle(open_still)) == 1
        assert server.connections == 1
