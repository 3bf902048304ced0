"""Laws of the rollup: complete before it speaks, equal for equal input, honest when it stands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from cases import START, at, case
from memory_topics import MemoryBroker, MemoryTopic
from msgspec.structs import replace

from agents.config import Settings
from agents.engine.stage import Received
from agents.stages.rollup.fold_progress import STALE_S
from agents.stages.rollup.stage import RollupStage
from schemas.closed_lists import CaseClass, HotlineMode, Quarantine, Result, Role
from schemas.codec import OUTCOME, POSITION, REGISTRY, STATE, Rejected
from schemas.records.case import CaseSummary, Position, UrlState
from schemas.records.case_events import PackedReport
from schemas.records.processing import Origin, OutcomeRecord
from schemas.records.registry import HosterEntry
from streams.views.view import View

DEADLINE_S = 20
CASES_MANY = 2_000
"""More than a slice of the loop folds."""


@dataclass
class Ticking:
    """Wall seconds that go on when told to."""

    now_s: float = 0.0

    def __call__(self) -> float:
        """Return the present second."""
        return self.now_s


def report(number: int) -> PackedReport:
    return PackedReport(
        received_at=START,
        hotline="north",
        record_id=f"r{number}",
        reported_at=START,
        seen_at=None,
        origin=None,
        self_report=False,
        mode=HotlineMode.DELIVERY,
        norms_s=(),
        sector_norm_s=86_400,
        source_online=None,
        last_online_at=None,
    )


def put(broker: MemoryBroker, number: int, *cases: CaseSummary, reports: int = 1) -> None:
    key = f"{number:032x}"
    state = UrlState(url_key=key, cases=cases, reports=tuple(report(i) for i in range(reports)))
    broker.append("cases.v1", key.encode(), STATE.encode(state))


def position(broker: MemoryBroker, hours: float, partition: int = 0) -> None:
    record = Position(
        partition=partition,
        offsets={"reports.v1": int(hours), "facts.v1": 2},
        as_of=at(hours),
        code="0.1.0",
        method="1",
    )
    broker.append("cases.v1", b"position/%d" % partition, POSITION.encode(record))


def outcome(broker: MemoryBroker, offset: int, result: Result, reason: Quarantine | None) -> None:
    record = OutcomeRecord(
        hotline="north",
        record_id=f"r{offset}",
        origin=Origin(topic="hotline.north.v1", partition=0, offset=offset, appended_at=START),
        result=result,
        reason=reason,
        type="report",
    )
    broker.append("outcomes.v1", record.record_id.encode(), OUTCOME.encode(record))


@asynccontextmanager
async def running(rollup: RollupStage) -> AsyncIterator[None]:
    task = asyncio.create_task(rollup.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(rollup: RollupStage, holds: Callable[[View], bool]) -> View:
    async with asyncio.timeout(DEADLINE_S):
        while not holds(rollup.view):
            await asyncio.sleep(0.01)
    return rollup.view


async def settled(broker: MemoryBroker, clock: Ticking | None = None) -> RollupStage:
    """Run a rollup over all that is there and stop it."""
    rollup = RollupStage(Settings(), follow=broker, monotonic=clock or Ticking())
    async with running(rollup):
        await until(rollup, lambda view: view.ready)
    return rollup


async def test_a_hoster_s_cases_are_given_and_later_records_do_not_reach_them():
    """By role and URL; None where nobody knows it."""
    broker = MemoryBroker()
    put(broker, 1, case(CaseClass.ONLINE), case(CaseClass.ONLINE, hoster="beta", role=Role.PROXY))
    entry = HosterEntry(id="alpha", version=1, valid_from=START, name="Alpha", group="holding")
    for each in (entry, replace(entry, version=2, group="")):
        broker.append("registry.v1", b"%d" % each.version, REGISTRY.encode(each))
    position(broker, 10)
    rollup = await settled(broker)
    alpha, beta = rollup.finder.cases_of("alpha"), rollup.finder.cases_of("beta")
    rollup.take_case(Received("cases.v1", 0, 9, START, f"{1:032x}".encode(), None))
    assert alpha is not None
    assert beta is not None
    assert set(alpha.roles) == {Role.HOSTING}
    assert [key.hex() for key, _ in alpha.roles[Role.HOSTING].urls] == [f"{1:032x}"]
    assert set(beta.roles) == {Role.PROXY}
    assert rollup.finder.cases_of("gamma") is None
    again = rollup.finder.cases_of("alpha")  # known from the registry, without a case
    assert again is not None
    assert not again.roles


async def test_figures_come_from_the_newest_state_of_each_url():
    """A URL's record replaces the one before it; a tombstone takes it away."""
    broker = MemoryBroker()
    put(broker, 1, case(CaseClass.ONLINE))
    put(broker, 2, case(CaseClass.ONLINE))
    put(broker, 3, case(CaseClass.ONLINE), case(CaseClass.ONLINE, hoster="beta"))
    put(broker, 1, case(CaseClass.REMOVED, gone=2))
    broker.append("cases.v1", f"{2:032x}".encode(), None)
    position(broker, 10)
    view = (await settled(broker)).view
    found = {f.hoster: (f.reported, f.backlog, f.removed) for f in view.figures}
    assert found == {"alpha": (2, 1, 1), "beta": (1, 1, 0)}
    assert (view.cases, view.as_of, view.code, view.method) == (3, at(10), "0.1.0", "1")


async def test_the_order_of_urls_changes_no_figure():
    """Compaction and partitions may deliver URLs in any order."""
    views = []
    for order in ((1, 2, 3, 4), (4, 2, 1, 3)):
        broker = MemoryBroker()
        for number in order:
            put(broker, number, case(CaseClass.REMOVED, gone=number, hoster="ab"[number % 2] * 3))
        position(broker, 10)
        views.append((await settled(broker)).view)
    for role in range(len(Role)):
        assert views[0].totals[role] == views[1].totals[role]
    assert {f.hoster: f for f in views[0].figures} == {f.hoster: f for f in views[1].figures}


async def test_nothing_is_ready_before_all_topics_were_read():
    """A rollup that has only begun to read would export figures that are too low."""
    broker = MemoryBroker()
    put(broker, 1, case())
    rollup = RollupStage(Settings(), follow=broker)
    rollup.take_case(broker.topics["cases.v1"].records[0])
    await rollup.renew(ready=False)
    assert not rollup.view.ready
    assert (rollup.view.figures, rollup.view.backlog_samples) == ((), ())
    async with running(rollup):
        assert (await until(rollup, lambda view: view.ready)).ready


async def test_ready_waits_for_the_last_batch_to_be_folded_whole():
    """A topic has caught up when it hands out its last list, the rollup when it has taken it."""
    broker = MemoryBroker()
    position(broker, 1)
    for number in range(CASES_MANY):
        put(broker, number, case())
    rollup = RollupStage(Settings(), follow=broker)
    async with running(rollup):
        view = await until(rollup, lambda v: v.ready)
    assert view.cases == view.figures[0].reported == CASES_MANY


async def test_a_new_record_reaches_the_view_and_the_last_case_leaves_it():
    """Following goes on after the start; a hoster whose cases all moved away is gone."""
    broker = MemoryBroker()
    put(broker, 1, case())
    position(broker, 1)
    rollup = RollupStage(Settings(), follow=broker)
    async with running(rollup):
        await until(rollup, lambda view: view.ready)
        put(broker, 1, case(hoster="beta"))
        view = await until(rollup, lambda v: [f.hoster for f in v.figures] == ["beta"])
    assert view.cases == 1
    assert all(topic.stopped for topic in broker.topics.values())


async def test_reports_without_a_case_are_pending():
    """Every accepted report belongs to a case or to `pending`."""
    broker = MemoryBroker()
    put(broker, 1, reports=2)
    put(broker, 2, case(), reports=3)
    view = (await settled(broker)).view
    assert (view.reports, view.pending_urls, view.pending_reports) == (5, 1, 2)
    put(broker, 1, case(), reports=2)
    view = (await settled(broker)).view
    assert (view.reports, view.pending_urls, view.pending_reports) == (5, 0, 0)


async def test_an_outcome_counts_once_per_origin():
    """Written again after a crash it is the same outcome; received = the sum of results."""
    broker = MemoryBroker()
    for offset, result, reason in (
        (0, Result.ACCEPTED, None),
        (2, Result.QUARANTINED, Quarantine.BAD_URL),
        (0, Result.ACCEPTED, None),
        (1, Result.DUPLICATE, None),
        (2, Result.QUARANTINED, Quarantine.BAD_URL),
        (3, Result.SET_ASIDE, None),
    ):
        outcome(broker, offset, result, reason)
    view = (await settled(broker)).view
    assert {line.result: line.count for line in view.intake} == dict.fromkeys(Result, 1)
    assert view.received() == sum(view.received(result) for result in Result) == 4


async def test_a_partition_that_stands_still_makes_the_figures_stale():
    """One of two positions moves on, the other does not: stale, and the older one is named."""
    broker, clock = MemoryBroker(), Ticking()
    position(broker, 1, partition=0)
    position(broker, 1, partition=1)
    rollup = await settled(broker, clock)
    assert not rollup.view.stale
    clock.now_s += STALE_S + 1
    position(broker, 2, partition=1)
    rollup.take_case(broker.topics["cases.v1"].records[-1])
    await rollup.renew(ready=True)
    assert rollup.view.stale
    assert (rollup.view.as_of, rollup.view.ledger_at) == (at(2), at(1))
    assert rollup.view.positions == {"reports.v1": 3, "facts.v1": 4}


async def test_without_any_position_the_figures_are_stale():
    """No lifecycle has ever said up to where the table goes."""
    assert (await settled(MemoryBroker())).view.stale


async def test_time_alone_changes_figures():
    """A position that moves past the norm makes an untouched case overdue at the next sweep."""
    broker, clock = MemoryBroker(), Ticking()
    put(broker, 1, case(CaseClass.ONLINE, seen=1))
    position(broker, 23)
    rollup = await settled(broker, clock)
    assert rollup.view.figures[0].overdue_unseen == 0
    position(broker, 25)
    rollup.take_case(broker.topics["cases.v1"].records[-1])
    clock.now_s += 60
    await rollup.renew(ready=True)
    assert rollup.view.figures[0].overdue_unseen == 1


async def test_the_registry_names_hosters_by_their_newest_version():
    """Versions may be read in any order only within one id; the highest holds."""
    broker = MemoryBroker()
    for version, name in ((2, "Alpha Ltd"), (1, "Alpha")):
        entry = HosterEntry(id="alpha", version=version, valid_from=0, name=name, country="NL")
        broker.append("registry.v1", b"hoster,alpha,1", REGISTRY.encode(entry))
    view = (await settled(broker)).view
    assert (view.hosters["alpha"].name, view.hosters["alpha"].country) == ("Alpha Ltd", "NL")


async def test_what_is_left_to_load_is_0_only_with_a_view():
    """Who waits for the figures sees how far they are; unknown is not 0."""
    gate = asyncio.Event()

    class Gated(MemoryTopic):
        async def lists(self) -> AsyncIterator[list[Received]]:
            await gate.wait()
            async for records in MemoryTopic.lists(self):
                yield records

    broker = MemoryBroker({"cases.v1": Gated()})
    put(broker, 1, case())
    position(broker, 100)
    rollup = RollupStage(Settings(), follow=broker)
    assert rollup.to_load is None
    async with running(rollup):
        async with asyncio.timeout(DEADLINE_S):
            while rollup.to_load is None:
                await asyncio.sleep(0)
        assert rollup.to_load == len(broker.topics["cases.v1"].records)
        gate.set()
        await until(rollup, lambda view: view.ready)
        assert rollup.to_load == 0


async def test_a_record_that_cannot_be_read_ends_the_rollup():
    """Figures over a table with a hole would be wrong without anybody knowing."""
    broker = MemoryBroker()
    broker.append("cases.v1", b"0" * 32, b"{")
    rollup = RollupStage(Settings(), follow=broker)
    with pytest.raises(Rejected):
        async with asyncio.timeout(DEADLINE_S):
            await rollup.run()
    assert all(topic.stopped for topic in broker.topics.values())
