"""A letter to a hoster, on a real broker."""

import csv
import re

import pytest
from desk_ledger import CASE, LEAK_MARKER, desk_ledger
from ledger_events import ONLINE, at, decision, fold, notice, place, placed, report, slots
from two_persons import run

from agents.tools.letter import letter as tool
from agents.tools.letter.reading import ToldCases
from agents.tools.sealed.audit import read_audit
from schemas.closed_lists import Delivery, HotlineMode, Role
from streams.views.letter_cases import letter_cases

SEEN = slots([1.1, 2, 4, 26, 30, 50, 52], ONLINE)


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
        found = await tool.made(desk.ledger.settings, "acme", "us", None)
        assert {one.line.case_id for one in found.told.cases} == {row["case_id"] for row in rows}
        assert sum(map(len, found.told.notices.values())) == len(rows)


def letter(*happened, hoster="acme", hours=60):
    """Return the letter about what happened to one URL."""
    cases = list(letter_cases(fold(*happened), hoster, at(hours)))
    return tool.Letter(hoster, "Acme", "us", ToldCases(at(hours), cases, {}), {})


def said_in(html):
    """Return the texts of a letter, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        ([notice(1), SEEN], "Open cases whose clock runs: 1. Late for a norm, of these: 1."),
        (
            [notice(1, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY), SEEN],
            "of these: 0. Cases whose clock no proven delivery started: 1. They have the flag no_",
        ),
        ([SEEN], "No notice to you has started a clock that a norm runs from."),
        (
            [notice(1), SEEN, decision(53, "exclude")],
            "No notice to you has started a clock that a norm runs from.",
        ),
        ([notice(1, received=40, backdated=True), SEEN], "began at 3 February 2026, 18:40:00 UTC"),
        ([notice(1), SEEN], "judged by, from the notice on: 24 h, 48 h."),
        ([notice(1), SEEN, decision(53, "exclude")], "No case of yours has a term yet."),
    ],
)
def test_a_letter_says_what_counts(happened, said) -> None:
    """By the class of each case, and with what makes it weaker."""
    assert said in said_in(tool.html_of(letter(report(seen=0), placed(), *happened), "en"))


def test_a_letter_sums_no_roles() -> None:
    """Each has a table of its own, and a proxy is not told that the material is on its servers."""
    both = placed(0, place("acme"), place("acme", role=Role.PROXY))
    text = said_in(tool.html_of(letter(report(seen=0), both, notice(1), SEEN), "en"))
    assert text.count("Your cases:") == 2
    assert "on your servers" in text
    proxy = placed(0, place("shield", role=Role.PROXY), place("acme"))
    told = letter(report(seen=0), proxy, notice(1, recipient="shield"), hoster="shield")
    text = said_in(tool.html_of(told, "en")).replace("is not on your servers", "")
    assert "Your cases: Proxy or CDN" in text
    assert "on your servers" not in text
