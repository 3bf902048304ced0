"""`hostwatch keys audit`: each opening is a row, for a person and for a script."""

import asyncio
import json
from pathlib import Path

import pytest
from desk_ledger import URL_KEY, desk_ledger
from msgspec.structs import replace

from agents import cli
from agents.engine.stage import Send
from agents.tools.sealed.audit import Opening, read_audit, write_down
from schemas.codec import AUDIT as CODEC
from schemas.topics import AUDIT


async def test_an_opening_is_a_row(
    bootstrap: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With who, what and why, and whether a person who may sign has signed it."""
    monkeypatch.setenv("COLUMNS", "240")
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        await write_down(settings, [Opening("url", URL_KEY)], desk.by("anna"))
        (ours,) = await read_audit(settings)
        forged = CODEC.encode(replace(ours.entry, person="bram"))
        await desk.ledger.outbox.send([Send(AUDIT.name, b"x", forged, partition=0)])
        capsys.readouterr()
        command = ["--config", str(desk.persons.config), "keys", "audit"]
        assert await asyncio.to_thread(cli.run, [*command, "--json", "-"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert [(row["person"], row["of"], row["signed"]) for row in rows] == [
            ("anna", URL_KEY, True),
            ("bram", URL_KEY, False),
        ]
        assert await asyncio.to_thread(cli.run, command) == 0
        shown = capsys.readouterr().out
        assert (shown.count(URL_KEY), shown.count("no: not by a person")) == (2, 1)
