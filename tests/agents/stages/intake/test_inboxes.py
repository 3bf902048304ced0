"""Which inboxes are read follows the registry, without a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from groups import append, becomes, commit
from intake_world import HOTLINES, IntakeWorld, world

from agents.edges.kafka.topic_admin import plan, wanted
from agents.edges.registry.reader import RegistryReader
from agents.stages.intake import inboxes
from agents.stages.intake.inboxes import follow_inboxes
from agents.stages.intake.stage import IntakeStage
from agents.tools.apply_registry import apply_entries
from schemas.moments import HOUR_MS
from schemas.records.registry import HotlineEntry
from schemas.topics import HOTLINE

DEADLINE_S = 60
LINE, ARCHIVE = HOTLINES


@pytest.fixture
async def ledger(
    bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[IntakeWorld]:
    """Return a ledger with two hotlines, whose registry is read often."""
    monkeypatch.setattr(inboxes, "POLL_EVERY_S", 0.02)
    monkeypatch.setattr(inboxes, "RETRY_S", 0.02)
    async with world(bootstrap, tmp_path) as made, asyncio.timeout(DEADLINE_S):
        yield made


@asynccontextmanager
async def following(ledger: IntakeWorld) -> AsyncIterator[IntakeStage]:
    """Yield an intake that follows the registry."""
    registry = RegistryReader(ledger.settings)
    await registry.start()
    intake = IntakeStage(ledger.settings, ledger.keyring, registry, ledger.outbox, HOTLINES)
    task = asyncio.create_task(follow_inboxes(ledger.settings, registry, intake))
    try:
        yield intake
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await registry.stop()


async def register(ledger: IntakeWorld, id: str, version: int, until: int | None = None) -> None:
    """Write an entry of a hotline."""
    entry = HotlineEntry(id=id, version=version, valid_from=0, name=id, until=until)
    await apply_entries(ledger.settings, [entry], ledger.outbox)


async def test_a_new_hotlines_inbox_is_made_and_read(ledger: IntakeWorld) -> None:
    """Its topics stand there before anybody reads them; others go on as they were."""
    async with following(ledger) as intake:
        assert {*HOTLINES} <= intake.hotlines
        await register(ledger, "delta", 1)
        await becomes(lambda: "delta" in intake.hotlines)
        assert HOTLINE.named("delta") in intake.topics
        assert {HOTLINE.named(id) for id in HOTLINES} < {*intake.topics}
    assert await plan(ledger.settings, wanted(ledger.settings, ["delta"])) == []


async def test_an_ended_hotlines_inbox_is_left_once_it_is_read_to_its_end(
    ledger: IntakeWorld,
) -> None:
    """What was sent before it ended has its outcome first, whichever process gives it."""
    inbox, now = HOTLINE.named(ARCHIVE), ledger.settings.clock.clock().now()
    await append(ledger.settings, inbox, [b"{}"], key=b"r1")
    async with following(ledger) as intake:
        await register(ledger, ARCHIVE, 2, until=now - 3 * HOUR_MS)
        await register(ledger, "delta", 1)
        await becomes(lambda: "delta" in intake.hotlines)
        assert inbox in intake.topics
        await commit(ledger.settings, intake.role, inbox, 1)
        await becomes(lambda: inbox not in intake.topics)
        assert {LINE, "delta"} < intake.hotlines
        assert ARCHIVE not in intake.hotlines


async def test_a_hotline_that_ended_lately_is_read_on(ledger: IntakeWorld) -> None:
    """Its last records may still be on their way."""
    now = ledger.settings.clock.clock().now()
    async with following(ledger) as intake:
        await register(ledger, ARCHIVE, 2, until=now)
        await register(ledger, "delta", 1)
        await becomes(lambda: "delta" in intake.hotlines)
        assert ARCHIVE in intake.hotlines
