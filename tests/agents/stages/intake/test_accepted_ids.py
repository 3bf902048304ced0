"""Intake's memory on disk, with a real broker: read on from where it stands."""

from pathlib import Path

import pytest
from hotline_records import report
from intake_world import IntakeWorld, world

from agents.engine.read.bulk import Follower
from agents.engine.stage import Send
from agents.stages.intake import accepted_ids
from agents.stages.intake.accepted_ids import AcceptedIdFiles
from schemas.closed_lists import Result
from schemas.codec import HOTLINE, OUTCOME
from schemas.moments import moment

INBOX = "hotline.line.v1"
EARLY = moment(1_700_000_000_000)
MANY = 60


@pytest.fixture
async def ledger(bootstrap, tmp_path: Path):
    """Return a ledger."""
    async with world(bootstrap, tmp_path) as made:
        yield made


@pytest.fixture
def small(monkeypatch) -> None:
    """Write to disk after five ids, and keep three in memory."""
    init = AcceptedIdFiles.__init__
    monkeypatch.setattr(
        AcceptedIdFiles, "__init__", lambda self, settings: init(self, settings, 5, 3)
    )


def sent(first: int, last: int) -> list[Send]:
    """Return reports."""
    records = [
        report(f"r{n}", url=f"http://a.example/{n}", reported_at=EARLY) for n in range(first, last)
    ]
    return [Send(INBOX, record.id.encode(), HOTLINE.encode(record)) for record in records]


async def results(ledger: IntakeWorld) -> list[Result]:
    """Return what became of each record, the first outcome of each origin."""
    found = {}
    for record in await ledger.read("outcomes.v1"):
        outcome = OUTCOME.decode(record.value)
        found.setdefault((outcome.origin.partition, outcome.origin.offset), outcome.result)
    return [found[origin] for origin in sorted(found)]


@pytest.mark.usefixtures("small")
async def test_a_re_sent_id_is_a_duplicate_however_many_came_between(ledger) -> None:
    """Beyond what is held in memory, in the same process and in the next."""
    await ledger.outbox.send(sent(0, MANY))
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
        assert sum(len(ids) for ids in intake._accepted.values()) < MANY
        await intake.revoked(frozenset(range(3)))
    del intake
    await ledger.outbox.send(sent(0, MANY))
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)  # from the start, as after a crash before any commit
    counts = await results(ledger)
    assert (counts.count(Result.ACCEPTED), counts.count(Result.DUPLICATE)) == (MANY, MANY)


@pytest.mark.usefixtures("small")
async def test_the_next_owner_reads_on_from_where_the_disk_stands(ledger, monkeypatch) -> None:
    """One flush behind, and not from the start."""
    await ledger.outbox.send(sent(0, MANY))
    async with ledger.intake() as intake:
        for partition in range(3):
            records = await ledger.read(INBOX, partition)
            for n in range(0, len(records), 7):  # lists small enough for several flushes
                await intake.handle(records[n : n + 7])
        await intake.revoked(frozenset(range(3)))
    del intake
    begun = {}
    start = Follower.start

    async def noted(self) -> None:
        await start(self)
        if self._topic == "outcomes.v1":
            begun.update(self._since)

    monkeypatch.setattr(Follower, "start", noted)
    async with ledger.intake():
        assert set(begun) == {0, 1, 2}
        assert all(position > 0 for position in begun.values())


async def test_two_processes_with_one_folder_both_work(ledger) -> None:
    """The second one keeps its ids in memory, and reads all."""
    first, second = AcceptedIdFiles(ledger.settings), AcceptedIdFiles(ledger.settings)
    _, since = await first.open((0, 1, 2))
    memories, nothing = await second.open((0, 1, 2))
    assert (set(since), nothing, set(memories)) == ({0, 1, 2}, {}, {0, 1, 2})
    first.close((0, 1, 2))
    assert accepted_ids.FLUSH_IDS < accepted_ids.IN_MEMORY
