"""A report is made from the table of a real broker, and read back as an outsider reads it."""

import csv
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from ledger_events import START
from small_ledger import KEYS, PARTITIONS, SmallLedger, fill, open_ledger

from agents.edges.crypto.keys import Keyring
from agents.edges.registry.registry_file import parse
from agents.errors import UserError
from agents.tools.apply_registry import apply_entries
from agents.tools.report.files import write
from agents.tools.report.publication import natural_persons, reported
from agents.tools.report.published_file import published_cases
from schemas.moments import DAY_MS
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged

COHORT = Cohort(START - DAY_MS, START + DAY_MS, 86_400)


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> AsyncIterator[SmallLedger]:
    """Six URLs at two hosters; five were noticed within a few hours."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        Keyring.create(tmp_path / "keys.json")
        found.settings = found.settings.model_copy(update={"key_file": tmp_path / "keys.json"})
        await fill(found)
        yield found


def said_nothing(done: int, total: int) -> None:
    """Show no progress."""


async def test_what_is_published_is_judged_the_same(ledger: SmallLedger, tmp_path: Path) -> None:
    """The file alone gives the field again and holds no id of the ledger; two writes are equal."""
    await ledger.fold(as_of=COHORT.as_of, method=METHOD_VERSION)
    read = []
    report = await reported(
        ledger.settings, COHORT, 0.8, lambda done, total: read.append((done, total))
    )
    assert read == [(done, PARTITIONS) for done in range(1, PARTITIONS + 1)]
    for folder in ("one", "two"):
        write(report, tmp_path / folder, pdf=False)
    files = {one.name: one.read_bytes() for one in (tmp_path / "one").iterdir()}
    assert files == {one.name: one.read_bytes() for one in (tmp_path / "two").iterdir()}

    cases = published_cases(tmp_path / "one" / "cases.parquet")
    assert len(cases) == len(KEYS) - 1
    assert {one.category for one in cases} == {"csam"}  # as the ledger's reports say
    assert judged(cases, COHORT.norm_s, 0.8) == report.hosters
    assert all(one.hoster.startswith("hoster-") for one in cases)  # too few of either
    assert all(name not in text for text in files.values() for name in (b"acme", KEYS[0].encode()))

    rows = list(csv.DictReader((tmp_path / "one" / "hosters.csv").read_text().splitlines()))
    assert {row["reason"] for row in rows} == {"too_few_cases"}
    assert all(row["share_low"] == row["in_time"] == "" for row in rows)
    method = json.loads(files["method.json"])
    assert (method["method"], method["named"]) == (METHOD_VERSION, [])
    assert method["positions"].keys() == {str(one) for one in range(PARTITIONS)}


async def test_a_period_that_was_not_watched_is_refused(ledger: SmallLedger) -> None:
    """Figures that may still change are not published; a table of another method neither."""
    await ledger.fold(as_of=COHORT.as_of - 1, method=METHOD_VERSION)
    with pytest.raises(UserError, match="31 days after --to"):
        await reported(ledger.settings, COHORT, 0.8, said_nothing)
    await ledger.fold(as_of=COHORT.as_of, method="9")
    with pytest.raises(UserError, match="another method"):
        await reported(ledger.settings, COHORT, 0.8, said_nothing)


async def test_a_natural_person_is_left_out_and_counted(ledger: SmallLedger) -> None:
    """As soon as the registry has it, whether the entry holds yet or not."""
    await ledger.fold(as_of=COHORT.as_of, method=METHOD_VERSION)
    before = await reported(ledger.settings, COHORT, 0.8, said_nothing)
    entry = parse('[[hoster]]\nid = "acme"\nname = "A Person"\nnatural_person = true\n')
    await apply_entries(ledger.settings, entry, ledger.outbox)
    after = await reported(ledger.settings, COHORT, 0.8, said_nothing)
    gone = len(before.cases) - len(after.cases)
    assert gone > 0
    assert len(after.hosters.rows) == len(before.hosters.rows) - 1
    assert sum(after.context.left_out.values()) == sum(before.context.left_out.values()) + gone


async def test_a_natural_person_is_left_out_under_its_network_too(ledger: SmallLedger) -> None:
    """A case from before its entry stands under the network; its owner's cases are not its own."""
    written = '[[hoster]]\nid = "jansen"\nname = "J"\ngroup = "acme"\nasns = [64500]\n'
    entry = parse(written + "natural_person = true\n")
    assert await natural_persons(ledger.settings) == frozenset()
    await apply_entries(ledger.settings, entry, ledger.outbox)
    assert await natural_persons(ledger.settings) == {"jansen", "as64500"}
