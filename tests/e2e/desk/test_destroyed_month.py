"""A month is destroyed; the oldest backup, put back as in docs/operations.md, opens none of it."""

import asyncio
import hashlib
import shutil
from pathlib import Path

import pytest
from desk_ledger import LEAK_MARKER, URL_KEY, SignedLedger, desk_ledger
from two_persons import run

from agents.config import Settings
from agents.edges.crypto import month_destruction
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError, read
from agents.edges.crypto.key_reading import read_ring
from agents.edges.crypto.key_table import read_table, unwrapped
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.read.bulk import read_partitions
from agents.tools.case_search import search
from agents.tools.month_keys import destroy
from agents.tools.roots.hours import leaves_of_hour, read_hours
from agents.tools.sealed.reveal import DESTROYED, reveal
from schemas.moments import Instant
from schemas.topics import CASES, LEDGER
from streams.views.case_search import CaseFilter, FoundCase

MONTH = "202602"


async def hashed(settings: Settings) -> str:
    """Return a digest of all that the ledger and its table hold."""
    digest = hashlib.sha256()
    for topic in (*(spec.name for spec in LEDGER), CASES.name):
        async for records in read_partitions(settings, topic, range(2)):
            for one in sorted(records, key=lambda one: (one.partition, one.offset)):
                digest.update(b"%d %d " % (one.partition, one.offset) + one.key + one.value)
    return digest.hexdigest()


async def leaves(settings: Settings, to: Instant) -> dict[Instant, list[bytes]]:
    """Return what the signed roots of the ledger's hours up to an instant are made from."""
    hours = await read_hours(settings, {}, 0, to)
    return {hour: leaves_of_hour(found) for hour, found in hours.items()}


async def figures(settings: Settings) -> tuple[FoundCase, ...]:
    """Return all that is said of the cases."""
    return (await search(settings, CaseFilter())).cases


async def opens(desk: SignedLedger) -> str:
    """Return what a person sees of the URL."""
    return (await reveal(desk.ledger.settings, [URL_KEY], desk.by("anna")))[URL_KEY]


async def at_once(_: object) -> None:
    """Do not wait for the broker to compact: the backup is from before that anyway."""


async def test_the_oldest_backup_opens_no_url_of_the_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker's data of before, the newest key file and the month keys that were exported.

    Ledger, table, what is said of the cases and the leaves of the roots are the same before and
    after.
    """
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    data, backup = tmp_path / "kafka", tmp_path / "backup"
    keys = tmp_path / "keys.json"
    broker = LocalBroker(data)
    broker.start()
    try:
        async with desk_ledger(broker.bootstrap, tmp_path) as desk:
            settings = desk.ledger.settings
            assert await opens(desk) == f"http://{LEAK_MARKER}"
            said, bytes_of = await figures(settings), await hashed(settings)
            to = settings.clock.clock().now()
            rooted = await leaves(settings, to)
            assert sum(map(len, rooted.values())) > 0
            await asyncio.to_thread(broker.stop)
            shutil.copytree(data, backup)
            old = read(keys)[0]
            await asyncio.to_thread(broker.start)
            await destroy(settings, MONTH)
            export = ("keys", "export", str(tmp_path / "months.json"))
            assert await run(*export, config=desk.persons.config) == 0
            assert await opens(desk) == DESTROYED
            assert (await figures(settings), await hashed(settings)) == (said, bytes_of)
            assert await leaves(settings, to) == rooted

            await asyncio.to_thread(broker.stop)
            shutil.rmtree(data)
            shutil.copytree(backup, data)
            await asyncio.to_thread(broker.start)
            await as_restored(settings, old)
            restore = ("keys", "restore", str(tmp_path / "months.json"))
            assert await run(*restore, config=desk.persons.config) == 0
            assert await opens(desk) == DESTROYED
            assert (await figures(settings), await hashed(settings)) == (said, bytes_of)
            assert await leaves(settings, to) == rooted
    finally:
        broker.stop()


async def as_restored(settings: Settings, old: KeyFile) -> None:
    """Hold the newest key file against the backup's `keys.v1`, which still has the month's key."""
    table = await read_table(settings)
    assert unwrapped(old.masters, table.months[MONTH])  # so the old key file must be destroyed
    with pytest.raises(KeyFileError) as refused:
        unwrapped(read(settings.key_file)[0].masters, table.months[MONTH])
    assert refused.value.fault is KeyFault.OUTDATED
    with pytest.raises(KeyFileError):
        await read_ring(settings)
