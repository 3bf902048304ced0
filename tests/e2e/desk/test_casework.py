"""The operator's steps of docs/operator.md, typed as they stand there, on a real broker."""

import csv
import io
import re
import shlex
import sys
from pathlib import Path

import pytest
from desk_ledger import BACKDATED, CASE, LEAK_MARKER, SignedLedger, desk_ledger
from two_persons import run

from agents.edges.crypto import month_destruction
from agents.tools.case_search import FoundCases, search
from streams.views.case_search import CaseFilter

ROOT = Path(__file__).parents[3]
PRINTED_CASE, PRINTED_ID = "3f0c1a9b2d4e5f60718293a4", "d-0c4f3b7d5e2a1980"
WHY = ("--reason", "a court asks")


def steps() -> list[str]:
    """Return the commands of the section, one a line."""
    text = (ROOT / "docs" / "operator.md").read_text()
    section = text.split("### Step by step")[1].split("\n## ")[0]
    lines = re.findall(r"^\$ ((?:.*\\\n)*.*)$", section, re.MULTILINE)
    return [line.replace("\\\n", " ") for line in lines]


class Typist:
    """Types commands in a folder, answers yes, and reads what is printed."""

    def __init__(self, desk: SignedLedger, capsys: pytest.CaptureFixture[str]) -> None:
        self.desk, self.capsys = desk, capsys
        self.case = self.id = ""

    async def type(self, line: str) -> str:
        """Type a line of the document, with the ids that were printed here."""
        line = line.replace(PRINTED_CASE, self.case).replace(PRINTED_ID, self.id)
        program, *said = shlex.split(line)
        assert program == "hostwatch"
        self.capsys.readouterr()
        code = await run(*said, config=self.desk.persons.config)
        printed = self.capsys.readouterr()
        assert code == 0, (line, printed)
        if found := re.search("[0-9a-f]{24}", printed.out):
            self.case = self.case or found[0]
        if found := re.search("d-[0-9a-f]{16}", printed.out):
            self.id = found[0]
        if "confirm d-" in line:  # lifecycle is at work meanwhile
            await self.desk.ledger.fold()
        return printed.out

    async def all(self) -> FoundCases:
        """Return all cases."""
        return await search(self.desk.ledger.settings, CaseFilter())


def noticed(answer: FoundCases) -> int:
    """Return when the clock of the backdated case begins."""
    (found,) = [one for one in answer.cases if one.url_key == BACKDATED]
    return found.noticed_at or 0


def read_rows(file: Path) -> list[dict[str, str]]:
    """Return the lines of a CSV file."""
    return list(csv.DictReader(io.StringIO(file.read_text())))


async def at_once(_: object) -> None:
    """Do not wait for the broker to compact, which tests of `month_destruction` do."""


async def test_the_steps_work_as_they_are_typed(
    bootstrap: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found by its reference, confirmed by two, exported with the overdue; then the month goes.

    The figures of before and after are equal, and no URL is printed anywhere.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 9))
    async with desk_ledger(bootstrap, tmp_path) as desk:
        typist = Typist(desk, capsys)
        before = await typist.all()
        printed = [await typist.type(line) for line in steps()]
        assert len(printed) == 10
        assert "[2.6]" in printed[1]
        after = await typist.all()
        assert noticed(before) - noticed(after) == 29 * 3_600_000
        rows = read_rows(tmp_path / "overdue.csv")
        overdue = {one.case_id for one in after.cases if one.overdue and one.hoster == "acme"}
        assert {row["case_id"] for row in rows} == overdue
        assert typist.case in overdue
        assert typist.case not in {one.case_id for one in before.cases if one.overdue}
        reveal = f"hostwatch cases show {CASE} --reveal {shlex.join(WHY)} --person anna.pem"
        assert "the key of its month is destroyed" in await typist.type(reveal)
        assert (await typist.all()).cases == after.cases
        assert not any(LEAK_MARKER.split("/")[0] in text for text in printed)
