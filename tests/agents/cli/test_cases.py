"""`hostwatch cases`: what is written, on a real broker."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest
from desk_ledger import CASE, LEAK_MARKER, URL_KEY, SignedLedger, desk_ledger
from pyarrow import parquet
from small_ledger import KEYS, SmallLedger, fill, open_ledger
from two_persons import run

from agents.tools.sealed.audit import read_audit
from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from sim.demo.demo_settings import as_toml

WHY = ("--reason", "a court asks")


@pytest.fixture
async def ledger(bootstrap: str) -> AsyncIterator[SmallLedger]:
    """Six URLs of two hosters, and their table."""
    async with AsyncExitStack() as stack:
        found = await open_ledger(stack, bootstrap)
        await fill(found)
        await found.fold()
        yield found


def moment_of(text: str) -> datetime:
    """Return an instant that is written as text."""
    return datetime.fromisoformat(text)


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
    packed = tmp_path / "cases.parquet"
    assert await run(*said, "parquet", "--out", str(packed), config=settings) == 0
    table = parquet.read_table(packed).to_pylist()
    assert [row["case_id"] for row in table] == [one["case_id"] for one in listed]
    assert dict(table[0]["verdicts"]) == listed[0]["verdicts"]
    assert table[0]["noticed_at"] == moment_of(listed[0]["noticed_at"])
    assert await run("cases", "list", "--hoster", "acme", "--json", config=settings) == 0
    assert json.loads(capsys.readouterr().out) == listed
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


async def test_a_case_is_found_by_its_id(
    ledger: SmallLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a key file; an id of none is exit code 1."""
    settings = config(ledger, tmp_path)
    case = case_id(KEYS[3], "acme", Role.HOSTING, 0)
    assert await run("cases", "find", case, "--json", config=settings) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["case_id"], found["url_key"]) == (case, KEYS[3])
    assert await run("cases", "find", "0" * 24, config=settings) == 1


async def test_a_url_is_opened_for_a_person_after_the_audit_has_it(
    bootstrap: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed, with a reason; whoever lacks one of them sees no URL and leaves no entry."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        await desk.persons.create("cleo")
        await refused(desk, capsys)
        assert await read_audit(desk.ledger.settings) == []
        await opened(desk, capsys)
        audited = await read_audit(desk.ledger.settings)
        assert [(a.entry.person, a.entry.url_key, a.entry.reason, a.genuine) for a in audited] == [
            ("anna", URL_KEY, "a court asks", True)
        ] * 2


async def refused(desk: SignedLedger, capsys: pytest.CaptureFixture[str]) -> None:
    """Ask without what is needed."""
    persons, settings = desk.persons, desk.persons.config
    show = ("cases", "show", CASE, "--reveal")
    asked = (
        (show, "needs --reason"),
        ((*show, *WHY), "--person"),
        ((*show, *WHY, "--person", str(persons.key("cleo"))), "nobody who may sign"),
        (("cases", "show", CASE, *WHY), "go with --reveal"),
    )
    for said, line in asked:
        capsys.readouterr()
        assert await run(*said, config=settings) == 2
        shown = capsys.readouterr()
        assert line in shown.err
        assert LEAK_MARKER not in shown.out + shown.err


async def opened(desk: SignedLedger, capsys: pytest.CaptureFixture[str]) -> None:
    """Ask with all of it."""
    persons, settings = desk.persons, desk.persons.config
    show = ("cases", "show", CASE, "--reveal")
    signed = (*WHY, "--person", str(persons.key("anna")))
    assert await run(*show, *signed, config=settings) == 0
    assert LEAK_MARKER in capsys.readouterr().out
    listed = ("cases", "find", CASE, "--json", "--reveal", *signed)
    assert await run(*listed, config=settings) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["url"] == f"http://{LEAK_MARKER}"
