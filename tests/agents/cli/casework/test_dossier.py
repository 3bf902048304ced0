"""`hostwatch dossier`: what is typed, on a real broker."""

import json

from desk_ledger import LEAK_MARKER
from rooted_ledger import rooted_ledger
from two_persons import run

from agents.tools.dossier.handovers import read_handovers

PERIOD = ("--from", "2026-01-01", "--to", "2026-04-01")
PERSON_ENTRY = """
[[hoster]]
id = "acme"
name = "A Person"
natural_person = true
"""


async def test_a_dossier_is_made_checked_and_handed_over(
    bootstrap, tmp_path, capsys, monkeypatch
) -> None:
    """By the hoster's id alone; a changed one is exit code 1 and is not handed over."""
    monkeypatch.chdir(tmp_path)
    async with rooted_ledger(bootstrap, tmp_path) as rooted:
        config = rooted.desk.persons.config

        async def typed(code: int, *said: str) -> str:
            capsys.readouterr()
            assert await run("dossier", *said, config=config) == code, capsys.readouterr()
            shown = capsys.readouterr()
            return shown.out + shown.err

        signed = ("--out", "q1", "--person", "anna.pem", "--lang", "en")
        assert "cases" in await typed(0, "acme", *PERIOD, *signed)
        raw = (tmp_path / "q1" / "dossier.json").read_bytes()
        assert LEAK_MARKER.split("/", maxsplit=1)[0].encode() not in raw
        assert rooted.key in await typed(0, "verify", "q1/dossier.json")
        assert "all is right\n" in await typed(0, "verify", "q1/dossier.json", "--key", rooted.key)
        await typed(1, "verify", "q1/dossier.json", "--key", "0" * 64)
        anna = rooted.desk.by("anna").key.public_key
        assert f"anna {anna}" in await typed(0, "verify", "q1/dossier.json", "--key", rooted.key)
        assert "founders" not in await typed(0, "verify", "q1/dossier.json", "--founder", anna)
        await typed(1, "verify", "q1/dossier.json", "--founder", "0" * 64)
        revealed = await typed(2, "acme", *PERIOD, *signed, "--reveal")
        assert "go together" in revealed
        assert "needs --reason" in await typed(2, "acme", *PERIOD, "--out", "q1")
        assert "--from" in await typed(2, "acme", *signed)
        handing = ("hand-over", "q1/dossier.json", "--person", "anna.pem", "--recipient")
        assert "no URL" in await typed(2, *handing, "http://x.example/")
        assert "handed over" in await typed(0, *handing, "the abuse desk of acme")
        (handed,) = await read_handovers(rooted.desk.ledger.settings)
        assert (handed.record.hoster, handed.genuine) == ("acme", True)
        assert handed.record.cases == len(json.loads(raw)["cases"])
        (tmp_path / "q1" / "dossier.json").write_bytes(raw.replace(b"acme", b"acmf", 1))
        assert "verify" in await typed(2, *handing, "the abuse desk of acme")
        assert len(await read_handovers(rooted.desk.ledger.settings)) == 1
        (tmp_path / "registry.toml").write_text(PERSON_ENTRY)
        assert await run("registry", "apply", "registry.toml", config=config) == 0
        assert "natural person" in await typed(2, "acme", *PERIOD, *signed)
        why = ("--natural-person", "the court asked for it")
        assert "cases" in await typed(0, "acme", *PERIOD, *signed, *why)
        told = json.loads((tmp_path / "q1" / "dossier.json").read_bytes())
        assert told["natural_person"] == "the court asked for it"
