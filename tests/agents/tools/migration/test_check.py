"""A copy is held against its ledger, record by record and case by case."""

import pytest
from msgspec.structs import replace
from old_ledger import LedgerRow, OldLedger, at, held, migrate, of, prefixes, quiet, topics

from agents.errors import UserError
from agents.tools.migration.setup import migrated
from schemas.topics import LEDGER

URLS = 24
NAMES = {spec.name for spec in LEDGER}


async def test_a_copy_that_says_something_else_is_refused(ledger):
    """One other record in what stands at the new prefix, and nothing is removed."""
    old, new = prefixes(ledger)
    await migrate(ledger, keep=True)
    assert (await topics(ledger, old)).keys() >= NAMES
    rows = [
        replace(row, at=row.at + 1) if row == of(ledger, "decisions.v1")[0] else row
        for row in ledger.rows
    ]
    other = OldLedger(at(ledger, f"{old}other."), rows)
    await other.write()
    with pytest.raises(UserError, match=r"the copy of decisions\.v1, .* is another"):
        await migrated(ledger.settings, (f"{old}other.", new), quiet, keep=False)
    assert (await topics(ledger, f"{old}other.")).keys() >= NAMES
    again = await migrate(ledger)  # finished before: it is compared and removed
    assert set(again.removed) >= NAMES


async def test_a_record_that_was_set_aside_is_set_aside_in_the_copy(ledger):
    """It is copied as it was, to the offset it had, and its skip beside it: both fit."""
    last = of(ledger, "reports.v1")[-1]
    poison = replace(last, offset=last.offset + 1, value=b"{poison", key=b"no key of a URL")
    place = f"reports.v1/{poison.partition}/{poison.offset}".encode()
    skip = LedgerRow("skips.v1", 0, 0, poison.at, place, b"signed by two")
    last = of(ledger, "facts.v1")[-1]
    fact = replace(last, offset=last.offset + 1, value=b"{poison")
    more = [poison, skip, fact]
    other = OldLedger(at(ledger, f"{prefixes(ledger)[0]}poisoned."), [*ledger.rows, *more])
    await other.write()
    done = await migrate(other, keep=True)
    assert (done.unreadable, done.urls) == (2, URLS - 1)  # the fact's URL has no cases to compare
    assert done.records["reports.v1"] == len(of(other, "reports.v1"))
    for row in more:
        copies = [c for c in await held(other, row.topic) if c.offset == row.offset]
        copies = [c for c in copies if c.partition == row.partition]
        assert [(c.partition, c.offset, c.value) for c in copies] == [
            (row.partition, row.offset, row.value)
        ]
