"""Roots of hours on a real broker: each once, whoever is killed; what was changed is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from small_ledger import SmallLedger, fill, open_ledger

from agents.edges.crypto.person_key import PersonKey, genuine
from agents.engine.failures import SendFailed
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.roots import write
from agents.tools.roots.hours import first_hour, hash_of, read_hours, read_roots
from agents.tools.roots.write import GRACE_MS, RootKey, write_roots
from schemas.chain.hour_log import objection
from schemas.chain.leaf import COVERED
from schemas.chain.merkle import root_of
from schemas.codec import ROOT
from schemas.moments import HOUR_MS
from schemas.topics import ROOTS


@pytest.fixture
async def ledger(bootstrap: str) -> AsyncIterator[SmallLedger]:
    """Six URLs of two hosters."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        await found.write_outcomes()
        yield found


@pytest.fixture
def by(tmp_path: Path) -> RootKey:
    """A key of its own."""
    return RootKey(PersonKey.create(tmp_path / "roots.pem"), "roots-2026")


def later(ledger: SmallLedger, hours: int) -> int:
    """Return an instant so many hours after now, beyond the time that an hour waits."""
    return ledger.settings.clock.clock().now() + hours * HOUR_MS + GRACE_MS


async def all_leaves(ledger: SmallLedger) -> list[bytes]:
    """Return the leaves of all that stands in the ledger, read in another way."""
    found = {}
    for spec in COVERED:
        parts = (0,) if spec.single else (0, 1)
        async for records in read_partitions(ledger.settings, spec.name, parts):
            for record in records:
                found[record.topic, record.partition, record.offset] = hash_of(record)
    return [found[place] for place in sorted(found)]


async def test_each_hour_has_one_root_over_all_it_took_in(ledger, by) -> None:
    """Hours without a record have one too; an hour that is not over has none."""
    assert (await write_roots(ledger.settings, by, later(ledger, 0) - 2 * HOUR_MS)).roots == []
    done = await write_roots(ledger.settings, by, later(ledger, 3))
    full = [one for one in done.roots if one.size]
    assert sum(one.size for one in full) == len(await all_leaves(ledger))
    if len(full) == 1:  # the ledger was not filled across the end of an hour
        assert full[0].root == root_of(await all_leaves(ledger)).hex()
    assert len(done.roots) >= 3
    assert await read_roots(ledger.settings) == done.roots
    assert objection(done.roots, genuine) is None
    again = await write_roots(ledger.settings, by, later(ledger, 3))
    assert (again.roots, again.new) == (done.roots, 0)
    await fill(ledger)
    more = await write_roots(ledger.settings, by, later(ledger, 5))
    assert more.roots[: len(done.roots)] == done.roots
    assert sum(one.size for one in more.roots) == len(await all_leaves(ledger))


async def test_a_run_reads_no_further_than_it_writes(ledger, by, monkeypatch) -> None:
    """Whoever is far behind holds the hashes of some hours, and not of the whole ledger.

    Several runs come to what one would have come to. Hours that are wanted no more are not kept.
    """
    now, asked = later(ledger, 2), []

    async def noted(settings, covered, since, to):
        asked.append((to - since) // HOUR_MS)
        return await read_hours(settings, covered, since, to)

    monkeypatch.setattr(write, "HOURS_MAX", 1)
    monkeypatch.setattr(write, "read_hours", noted)
    while (done := await write_roots(ledger.settings, by, now)).new:
        assert done.new == 1
    assert len(done.roots) >= 2
    assert {*asked[:-1]} == {1}
    assert objection(done.roots, genuine) is None
    assert sum(one.size for one in done.roots) == len(await all_leaves(ledger))
    begin = await first_hour(ledger.settings)
    assert begin == done.roots[0].hour_at
    assert await read_hours(ledger.settings, {}, 0, begin) == {}


async def test_a_run_that_is_ended_anywhere_doubles_no_hour(ledger, by, monkeypatch) -> None:
    """Before the commit nothing stands there; after it the next run finds nothing missing."""
    write, now, calls = Transactions.write, later(ledger, 2), []

    async def torn(self, partition, records):
        calls.append(len(records))
        if len(calls) == 1:
            raise SendFailed("before the commit")
        await write(self, partition, records)
        raise SendFailed("after the commit")

    monkeypatch.setattr(Transactions, "write", torn)
    for _ in range(2):
        with pytest.raises(SendFailed):
            await write_roots(ledger.settings, by, now)
    done = await write_roots(ledger.settings, by, now)
    assert done.new == 0
    assert len({one.hour_at for one in done.roots}) == len(done.roots) == calls[1]


async def test_several_at_once_write_each_hour_once(ledger, by) -> None:
    """All but one are told, or find nothing missing."""
    runs = (write_roots(ledger.settings, by, later(ledger, 2)) for _ in range(3))
    ends = await asyncio.gather(*runs, return_exceptions=True)
    assert any(not isinstance(end, Exception) for end in ends), ends
    roots = await read_roots(ledger.settings)
    assert len({one.hour_at for one in roots}) == len(roots) > 0
    assert objection(roots, genuine) is None


async def test_no_root_follows_on_what_was_changed_or_signed_by_another(
    ledger, by, tmp_path
) -> None:
    """A new key has to be said; a root that stands there twice ends it."""
    done = await write_roots(ledger.settings, by, later(ledger, 2))
    other = RootKey(PersonKey.create(tmp_path / "other.pem"), "roots-2027")
    with pytest.raises(UserError, match="--new-key"):
        await write_roots(ledger.settings, other, later(ledger, 4))
    more = await write_roots(ledger.settings, other._replace(new=True), later(ledger, 4))
    assert more.new == 2
    assert objection(more.roots, genuine) is None
    twice = Send(ROOTS.name, b"x", ROOT.encode(done.roots[0]), partition=0)
    await ledger.outbox.send([twice])
    with pytest.raises(UserError, match="somebody changed it"):
        await write_roots(ledger.settings, other, later(ledger, 6))
