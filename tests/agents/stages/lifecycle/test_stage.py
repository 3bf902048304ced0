"""The stage on a real broker: states written whole, and the wheel rebuilt after a restart."""

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ledger_events import KEY, ONLINE, START, at, notice, observation, placed, report

from agents.clock import Clock
from agents.config import ClockSettings, KafkaSettings, Settings, StateSettings, VantageSettings
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.observe.ownership import Ownership
from agents.engine.produce.broker_time import BrokerClock
from agents.engine.produce.exclusive import exclusively
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.produce.timekeeper import Timekeeper
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from agents.engine.state.disk_stores import DiskStores
from agents.engine.state.store import Stores
from agents.stages.lifecycle import stage as lifecycle_stage
from agents.stages.lifecycle.stage import ROLE, LifecycleStage
from agents.stages.rollup.fold_progress import STALE_S
from schemas import codec, topics
from schemas.closed_lists import Target
from schemas.moments import DAY_MS
from schemas.records.case import Position, position_key
from schemas.records.processing import ProbeOrder
from streams import lifecycle
from streams.lifecycle import FoldResult
from streams.schedule.orders import Orders

RUNS = itertools.count()
VANTAGES = ("north", "south")
DEADLINE_S = 60


class RecordingOutbox:
    """A broker's outbox that says what went through it.

    Args:
        inner: writes the records.
    """

    def __init__(self, inner: KafkaOutbox) -> None:
        self.inner = inner
        self.sent: list[Send] = []
        self._grew = asyncio.Event()

    async def send(self, records: Sequence[Send]) -> None:
        """Write the records and keep them."""
        await self.inner.send(records)
        self.sent += records
        self._grew.set()

    @property
    def orders(self) -> list[ProbeOrder]:
        """All orders written."""
        return [codec.ORDER.decode(s.value) for s in self.sent if s.topic.startswith("probes.")]

    async def ordered(self, number: int) -> list[ProbeOrder]:
        """Return the orders once there are so many."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.orders) < number:
                self._grew.clear()
                await self._grew.wait()
        return self.orders


def settings_of(bootstrap: str, folder: Path, hours: float) -> Settings:
    """Return settings of a new ledger whose world stands about so many hours after the start."""
    kafka = KafkaSettings(
        bootstrap=bootstrap, topic_prefix=f"lc{os.getpid()}x{next(RUNS)}.", partitions=1
    )
    clock = ClockSettings(start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=at(hours))
    return Settings(
        kafka=kafka,
        clock=clock,
        state_dir=folder,
        vantages=tuple(VantageSettings(id=id) for id in VANTAGES),
    )


@asynccontextmanager
async def stage(
    settings: Settings, stores: Stores | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[LifecycleStage, RecordingOutbox]]:
    """Yield a stage that owns the partition, as after a start."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    witness = RecordingOutbox(outbox)
    made = LifecycleStage(
        settings, witness, Transactions(settings, ROLE), stores=stores, clock=clock
    )
    try:
        await made.assigned(frozenset({0}))
        yield made, witness
    finally:
        await made.revoked(frozenset({0}))
        await outbox.stop()


def records(topic: str, encoder: codec.Codec, *happened) -> list[Received]:
    """Return ledger records as they stand on the broker."""
    return [
        Received(topic, 0, offset, appended_at, KEY.encode(), encoder.encode(entry))
        for offset, (entry, appended_at) in enumerate(happened)
    ]


def reports(*happened) -> list[Received]:
    return records(topics.REPORTS.name, codec.REPORTS_ENTRY, *happened)


def facts(*happened) -> list[Received]:
    return records(topics.FACTS.name, codec.FACT, *happened)


async def stored(settings: Settings) -> list[bytes]:
    """Return the states written for the URL, oldest first."""
    found = []
    async for records in read_partitions(settings, topics.CASES.name, (0,)):
        found += [record.value for record in records if record.key == KEY.encode()]
    return found


async def test_every_touched_url_is_written_changed_or_not(bootstrap, tmp_path):
    """A list told twice leaves equal bytes, acknowledged before `handle` returns."""
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    told = [report(seen=0), notice(0.05)]
    async with stage(settings) as (made, _):
        await made.handle(reports(*told))
        await made.handle(facts(placed()))
        first = await stored(settings)
        await made.handle(reports(*told))
        again = await stored(settings)
    expected = codec.STATE.encode(lifecycle.advance(KEY, None, [*told, placed()]))
    assert +made.results == {FoldResult.JUDGED: 3, FoldResult.REPEATED: 2}
    assert len(first) == 2
    assert again[-1] == first[-1] == expected


async def test_a_table_on_disk_is_held_over_a_stop(bootstrap, tmp_path):
    """What the broker confirmed stands on disk with its position, and the next owner goes on."""
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    stores = DiskStores(tmp_path / "state", StateSettings(), 1)
    told = [report(seen=0), notice(0.05)]
    async with stage(settings, stores) as (made, _):
        await made.handle(reports(*told))
        await made.handle(facts(placed()))
    store = stores.open(0)
    held, position = store.get(KEY.encode()), store.position
    store.close()
    assert [held] == (await stored(settings))[-1:]
    assert position > 0
    async with stage(settings, stores) as (made, _):
        assert made._tables[0].record(KEY) == held
        assert made._tables[0].offsets == {topics.REPORTS.name: 2, topics.FACTS.name: 1}
        await made.handle(facts(placed()))
        assert made._tables[0].record(KEY) == held
    stores.close()


class Holdings(Ownership):
    """What a process holds, which says when it was told of a table with so many keys."""

    def __init__(self, keys: int) -> None:
        super().__init__()
        self.wanted = keys
        self.reached = asyncio.Event()
        self.set(ROLE, frozenset({0}), frozenset({0}))

    def keeps(self, role, kept):
        """Keep it."""
        super().keeps(role, kept)
        (holding,) = self.holdings
        if [(one.table, one.partition, one.keys) for one in holding.kept] == [
            (topics.CASES.name, 0, self.wanted)
        ]:
            self.reached.set()


async def test_the_keys_of_a_table_are_told_while_it_is_held(bootstrap, tmp_path, monkeypatch):
    """A URL and the partition's position are two, without a scrape that walks over the table."""
    told = Holdings(keys=2)
    monkeypatch.setattr(lifecycle_stage, "OWNERSHIP", told)
    monkeypatch.setattr(lifecycle_stage, "POSITION_EVERY_S", 0.01)
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    async with stage(settings) as (made, _):
        await made.handle(reports(report(seen=0), notice(0.05)))
        await asyncio.wait_for(told.reached.wait(), DEADLINE_S)
        (holding,) = told.holdings
        assert [one.keys for one in holding.kept] == [2]


async def test_orders_of_a_slot_go_to_every_vantage(bootstrap, tmp_path):
    """The first slot asks all vantages for the URL and its controls, once each."""
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    async with stage(settings) as (made, witness):
        await made.handle(reports(report(seen=0)))
        await made.handle(facts(placed()))
        orders = await witness.ordered(6)
        await made.handle(facts(placed()))
        await made._order_due(Orders(settings.vantages, settings.probe))
    assert {(o.vantage, o.target) for o in orders} == {
        (vantage, target)
        for vantage in VANTAGES
        for target in (Target.URL, Target.MADE_UP_PATH, Target.ROOT)
    }
    assert {o.slot_at for o in orders} == {START}
    assert all(o.asked == VANTAGES and o.not_after > o.not_before for o in orders)
    assert len(witness.orders) == 6


@pytest.mark.parametrize("answered", [False, True])
async def test_after_a_restart_only_what_is_open_is_asked_again(bootstrap, tmp_path, answered):
    """The wheel comes back from the table: same order ids, none for slots with all results."""
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    seen = [
        observation(0, ONLINE, vantage, target=target)
        for vantage in VANTAGES
        for target in (Target.URL, Target.MADE_UP_PATH, Target.ROOT)
    ]
    async with stage(settings) as (made, witness):
        await made.handle(reports(report(seen=0)))
        await made.handle(facts(placed()))
        before = await witness.ordered(6)
        if answered:
            await made.handle(facts(*seen))
    async with stage(settings) as (made, witness):
        if not answered:
            after = await witness.ordered(6)
            assert {o.order_id for o in after} == {o.order_id for o in before}
        await made._order_due(Orders(settings.vantages, settings.probe))
        assert len(witness.orders) == (0 if answered else 6)


async def test_a_slot_past_its_window_is_not_asked(bootstrap, tmp_path):
    """A worker that was away for hours sends no order that could only be missed."""
    settings = settings_of(bootstrap, tmp_path, 3)
    await apply(settings, wanted(settings))
    async with stage(settings) as (made, witness):
        await made.handle(reports(report(seen=0)))
        await made.handle(facts(placed()))
        orders = await witness.ordered(2)
    assert all(o.slot_at > at(1.9) and o.not_after > at(3) for o in orders)


async def positions(settings: Settings) -> list[Position]:
    """Return the positions written, oldest first."""
    found = []
    async for records in read_partitions(settings, topics.CASES.name, (0,)):
        found += [codec.POSITION.decode(r.value) for r in records if r.key == position_key(0)]
    return found


async def test_a_clock_two_days_ahead_moves_no_position(bootstrap, tmp_path, monkeypatch):
    """Positions of an idle ledger are of the broker's time, before, while and after."""
    monkeypatch.setattr(lifecycle_stage, "POSITION_EVERY_S", 0.01)
    monkeypatch.setattr(lifecycle_stage, "REST_S", 0.01)
    settings = settings_of(bootstrap, tmp_path, 0.1)
    settings = settings.model_copy(update={"clock": ClockSettings()})
    await apply(settings, wanted(settings))
    keeper = Timekeeper(settings)
    await keeper.start()
    true_ns = time.time_ns
    try:
        clock = BrokerClock(settings.clock.clock(), keeper.time)
        async with stage(settings, clock=clock):
            for by_ms in (0, 2 * DAY_MS, -2 * DAY_MS):
                monkeypatch.setattr(time, "time_ns", lambda by=by_ms: true_ns() + by * 1_000_000)
                before = len(await positions(settings))
                async with asyncio.timeout(DEADLINE_S):
                    while len(await positions(settings)) < before + 3:
                        pass
    finally:
        await keeper.stop()
    said = [one.as_of for one in await positions(settings)]
    assert said == sorted(said)
    assert said[-1] <= true_ns() // 1_000_000
    assert said[-1] - said[0] < DEADLINE_S * 3 * 1_000


class Stepping(Clock):
    """World time that goes on by half a second whenever it is asked for."""

    __slots__ = ("_at",)

    def now(self):
        """Go on, and return the present."""
        object.__setattr__(self, "_at", getattr(self, "_at", at(1)) + 500)
        return self._at


async def test_where_nothing_comes_a_position_is_written_every_five_seconds(
    bootstrap, tmp_path, monkeypatch
):
    """And at once behind what came; in time to be taken for none that stands still."""
    monkeypatch.setattr(lifecycle_stage, "POSITION_EVERY_S", 0.001)
    settings = settings_of(bootstrap, tmp_path, 1)
    await apply(settings, wanted(settings))
    async with stage(settings, clock=Stepping()) as (made, _):
        async with asyncio.timeout(DEADLINE_S):
            while len(found := await positions(settings)) < 5:
                pass
        await made.handle(reports(report(seen=0)))
        count = len(await positions(settings))
        async with asyncio.timeout(DEADLINE_S):
            while len(await positions(settings)) == count:
                pass
    steps = [b.as_of - a.as_of for a, b in itertools.pairwise(found)]
    assert all(5_000 <= step < STALE_S * 1_000 for step in steps)


async def test_a_marker_behind_the_last_record_holds_no_position_up(
    bootstrap, tmp_path, monkeypatch
):
    """What two persons decide comes in a transaction, whose marker is handed to nobody."""
    monkeypatch.setattr(lifecycle_stage, "POSITION_EVERY_S", 0.01)
    monkeypatch.setattr(lifecycle_stage, "REST_S", 0.01)
    settings = settings_of(bootstrap, tmp_path, 0.1)
    await apply(settings, wanted(settings))
    (first, *_), topic = reports(report(seen=0)), topics.REPORTS.name

    async def written() -> list[Send]:
        return [Send(topic, first.key, first.value, partition=0)]

    async with stage(settings) as (made, _):
        await exclusively(settings, "desk", written)
        await made.handle([first])
        count = len(await positions(settings))
        async with asyncio.timeout(DEADLINE_S):
            while len(found := await positions(settings)) < count + 2:
                pass
    assert found[-1].as_of > found[count - 1].as_of
    assert found[-1].offsets == found[count - 1].offsets


async def test_a_position_that_a_wrong_clock_wrote_is_written_anew(bootstrap, tmp_path):
    """A worker of before left one two days ahead; the next owner's are right at once."""
    settings = settings_of(bootstrap, tmp_path, 0.1)
    settings = settings.model_copy(update={"clock": ClockSettings()})
    await apply(settings, wanted(settings))
    now = settings.clock.clock().now()
    async with stage(settings) as (made, _):
        await made.handle(reports(*[(entry, now) for entry, _ in [report(seen=0)]]))
        made._tables[0].as_of = now + 2 * DAY_MS
        await made.handle(reports(*[(entry, now) for entry, _ in [report(seen=0)]]))
        assert (await positions(settings))[-1].as_of == now + 2 * DAY_MS
    async with stage(settings) as (made, _):
        await made.handle(reports(*[(entry, now) for entry, _ in [report(seen=0)]]))
    assert now <= (await positions(settings))[-1].as_of < now + DAY_MS
