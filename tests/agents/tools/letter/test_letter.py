"""A letter to a hoster, on a real broker."""

import csv

from desk_ledger import BACKDATED, CASE, LEAK_MARKER, desk_ledger
from two_persons import run

from agents.tools.letter import letter as tool
from agents.tools.letter.notices import Referenced
from agents.tools.sealed.audit import read_audit
from streams.views.case_search import CaseFilter


async def test_a_letter_says_what_was_measured_and_lists_the_cases(
    bootstrap, tmp_path, capsys
) -> None:
    """By the hotline's reference; a URL on a person's word alone; in both languages."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        config, out = desk.persons.config, tmp_path / "letter"
        said = ("letter", "acme", "--out", str(out), "--sender", "the <desk>")
        assert await run(*said, config=config) == 0
        names = {one.name for one in out.iterdir()}
        assert {"cases.csv", "letter.en.html", "letter.nl.html"} <= names
        assert "letter.nl.pdf" in names
        html = (out / "letter.nl.html").read_text()
        assert "Hoe u antwoordt" in html
        assert "the &lt;desk&gt;" in html
        text = (out / "cases.csv").read_text()
        rows = list(csv.DictReader(text.splitlines()))
        assert {row["case_id"] for row in rows} >= {CASE}
        assert all(row["reference"] and row["noticed_at"] for row in rows)
        assert {"within_24h", "within_48h"} <= rows[0].keys()
        host = LEAK_MARKER.split("/", maxsplit=1)[0]
        assert not any(host in (out / name).read_text(errors="replace") for name in names)
        assert await read_audit(desk.ledger.settings) == []
        word = ("--reveal", "--reason", "the hoster asked", "--person", str(tmp_path / "anna.pem"))
        assert await run(*said, *word, config=config) == 0
        rows = list(csv.DictReader((out / "cases.csv").read_text().splitlines()))
        assert f"http://{LEAK_MARKER}" in {row["url"] for row in rows}
        assert await read_audit(desk.ledger.settings)
        capsys.readouterr()
        assert await run("letter", "nobody", "--out", str(out), config=config) == 2
        assert "nobody has no case" in capsys.readouterr().err
        found = await tool.search(desk.ledger.settings, CaseFilter(hoster="acme"))
        assert len({one.case_id for one in found.cases}) == len({row["case_id"] for row in rows})


async def test_a_case_without_a_notice_has_a_line(bootstrap, tmp_path) -> None:
    """And one with several has one for each."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        found = await tool.made(desk.ledger.settings, "acme", "us", None)
        notices = {BACKDATED: [Referenced("one", "alpha", 1), Referenced("two", "alpha", 2)]}
        rows = list(csv.DictReader(tool.cases_csv(found._replace(notices=notices)).splitlines()))
        assert sorted(row["reference"] for row in rows) == ["", "", "one", "two"]
