"""The steps of a dossier in docs/operator.md, typed as they stand there, on a real broker."""

import io
import re
import shlex
import sys
from pathlib import Path

import pytest
from desk_ledger import LEAK_MARKER
from quick_desk import quick_desk
from two_persons import run

from agents.tools.dossier.handovers import read_handovers
from schemas.records.custody import Handover, Override

ROOT = Path(__file__).parents[3]
STEPS = 9


def steps() -> list[str]:
    """Return the commands of the section, one a line."""
    text = (ROOT / "docs" / "operator.md").read_text()
    section = text.split("### A dossier, step by step")[1].split("\n## ")[0].split("\n### ")[0]
    lines = re.findall(r"^\$ ((?:.*\\\n)*.*)$", section, re.MULTILINE)
    return [line.replace("\\\n", " ") for line in lines]


async def test_the_steps_of_a_dossier_work_as_they_are_typed(
    bootstrap: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Roots, the dossier, its check, the letter, the handover, the override; no URL anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 9))
    async with quick_desk(bootstrap, tmp_path) as desk:
        assert len(steps()) == STEPS
        for line in steps():
            program, *said = shlex.split(line)
            assert program == "hostwatch"
            code = await run(*said, config=desk.persons.config)
            printed = capsys.readouterr()
            assert code == 0, (line, printed)
            assert LEAK_MARKER.split("/", maxsplit=1)[0] not in printed.out + printed.err
        handed = await read_handovers(desk.ledger.settings)
        assert [(type(one.record), one.genuine) for one in handed] == [
            (Handover, True),
            (Override, True),
        ]
        assert (tmp_path / "acme-q1" / "letter.nl.html").is_file()
