"""`hostwatch cases`: what is written, on a real broker."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from small_ledger import KEYS, SmallLedger, fill, open_ledger
from two_persons import run

from schemas.identity.ids import case_id
from schemas.reasons import Role
from sim.demo.demo_settings import as_toml


@pytest.fixture
async def ledger(bootstrap: str) -> AsyncIterator[SmallLedger]:
    """Six URLs of two hosters, and their table."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        await found.fold()
        yield found


def config(ledger: SmallLedger, folder: Path) -> Path:
    """Write the settings' file."""
    file = folder / "hostwatch.toml"
    file.write_text(as_toml(ledger.settings))
    return file


async def test_a_list_is_written_as_json_csv_and_table(
    ledger: SmallLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same cases in each form; nothing found is exit code 1."""
    settings = config(ledger, tmp_path)
    out = tmp_path / "cases.csv"
    said = ("cases", "list", "--hoster", "acme", "--format")
    assert await run(*said, "csv", "--out", str(out), config=settings) == 0
    capsys.readouterr()
    assert await run(*said, "json", config=settings) == 0
    listed = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["case_id"] for row in rows] == [one["case_id"] for one in listed]
    assert [row["class"] for row in rows] == [one["class"] for one in listed]
    assert rows[0]["as_of"].endswith("Z")
    assert await run(*said, "table", config=settings) == 0
    assert f"{len(rows)} cases as of" in capsys.readouterr().err
    assert await run("cases", "list", "--hoster", "nobody", config=settings) == 1


async def test_a_case_is_told_with_the_rules(
    ledger: SmallLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happened, then what changed and by which rule; a case that is not there is one line."""
    settings = config(ledger, tmp_path)
    case = case_id(KEYS[3], "acme", Role.HOSTING, 0)
    assert await run("cases", "show", case, config=settings) == 0
    told = capsys.readouterr().out
    assert "alpha reports the URL" in told
    assert "R = " in told
    assert "[4.4]" in told
    assert KEYS[3] not in told
    assert await run("cases", "show", "0" * 24, config=settings) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
