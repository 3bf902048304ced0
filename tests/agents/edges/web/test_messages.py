"""Laws of the texts of the pages: each in both languages, and which one a reader gets."""

import ast
import re
from pathlib import Path

import pytest
from catalogue import messages
from examples import FOLDER
from pages import VIEW, held, own_page, sample_probes, sample_roles, view_of

from agents.edges.hoster_web.own_page import render_closed
from agents.edges.web.case_labels import (
    ANSWERS,
    FLAGS,
    GRADES,
    QUARANTINE_WORDS,
    STANDINGS,
    VERDICTS,
)
from agents.edges.web.case_page import render_case, render_waiting
from agents.edges.web.formatting import cell, duration, number, spoken
from agents.edges.web.hoster_page import render_hoster
from agents.edges.web.messages import catalogue, chosen, gettext, language, speaking
from agents.edges.web.overview_page import render
from agents.edges.web.pipeline_page import render_pipeline
from schemas.moments import HOUR_MS
from streams.rollup.figures import RemovalTimeReading
from streams.views.hoster_view import hoster_view

AGENTS = Path(__file__).parents[4] / "agents"
PLACE = re.compile(r"%\(\w+\)s|</?\w+[^>]*>")


def test_no_message_stands_inside_an_f_string() -> None:
    """Python 3.11 sees none there: it would be missed, and stay English, unnoticed."""
    inside = [
        str(path)
        for path in sorted(AGENTS.rglob("*.py"))
        for joined in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"gettext", "ngettext", "told", "N_"}
        and any(isinstance(one, ast.Constant) for one in call.args)
    ]
    assert inside == []


def test_every_message_has_both_languages_with_the_same_places() -> None:
    """Nothing that a page says is left in English, and no value or mark is lost on the way."""
    dutch, english = catalogue("nl"), messages()
    assert len(english) > 400
    assert english == dutch.keys()
    for one in english:
        assert sorted(PLACE.findall(one)) == sorted(PLACE.findall(dutch[one])), one
        assert dutch[one].strip()


def test_words_of_closed_lists_are_messages() -> None:
    """What is looked up by a value is in the catalogue as well."""
    for words in (ANSWERS, FLAGS, GRADES, QUARANTINE_WORDS, STANDINGS, VERDICTS):
        assert catalogue("nl").keys() >= set(words.values())


def test_pages_are_whole_in_dutch() -> None:
    """No text of the page's own is left in English but names of the field and of records."""
    cases = held("beta")
    assert cases is not None
    with speaking("nl"):
        pages = [
            render(VIEW),
            render_hoster(hoster_view("beta", VIEW, cases), VIEW),
            render_pipeline(VIEW, sample_roles(), sample_probes()),
        ]
    only = {one for one in messages() if gettext_of(one) != one and len(one) > 12}
    for page in pages:
        assert '<html lang="nl">' in page
        text = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", page)
        said = set(re.findall(r">([^<>]+)<", text)) | set(re.findall(r'label="([^"]+)"', text))
        assert not {one.strip() for one in said} & only


ENGLISH = re.compile(
    r"\b(?:the|and|are|not|with|from|that|this|which|by|for|has|have|to|on|its)\b", re.IGNORECASE
)
"""Words of English sentences that are none of Dutch."""


def test_no_sentence_of_a_dutch_page_is_english() -> None:
    """Of any page, catalogued or not: what is marked as English is a record's or an alert's own."""
    stories = [
        path.stem for path in sorted(FOLDER.glob("*.json")) if not path.stem.endswith(".expect")
    ]
    with speaking("nl"):
        pages = [render(VIEW), render_closed(), render_waiting("/case/x"), own_page("delta")]
        pages += [render_pipeline(VIEW, sample_roles(), sample_probes())]
        for hoster in ("beta", "gamma", "shield"):
            cases = held(hoster)
            assert cases is not None
            pages.append(render_hoster(hoster_view(hoster, VIEW, cases), VIEW))
        pages += [render_case(view_of(story), VIEW) for story in stories[::8]]
    for page in pages:
        text = re.sub(r"<style.*?</style>|<script.*?</script>", "", page, flags=re.DOTALL)
        text = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)
        said = re.findall(r'>([^<>]+)<|(?:label|title|placeholder|alt)="([^"]+)"', text)
        assert [one for one in said if ENGLISH.search(" ".join(one))] == []
        assert [one for one in said if re.search(r"[0-9]\.[0-9]{1,2} u\b", " ".join(one))] == []


def gettext_of(message: str) -> str:
    with speaking("nl"):
        return gettext(message)


def test_numbers_and_times_are_said_as_the_language_says_them() -> None:
    """A decimal comma, points between thousands, names of months."""
    assert (number(12_345), duration(int(12.6 * HOUR_MS))) == ("12,345", "12.6 h")
    with speaking("nl"):
        assert language() == "nl"
        assert number(12_345) == "12.345"
        assert duration(int(12.6 * HOUR_MS)) == "12,6 u"
        assert cell(9 * HOUR_MS, RemovalTimeReading.CENSORED) == "8 tot 11,5 u"
        assert spoken(1_770_360_000_000) == "6 februari 2026, 06:40:00 UTC"
    assert language() == "en"


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        (None, None, "", "en"),
        (None, None, "nl", "nl"),
        (None, None, "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        (None, None, "de,en;q=0.5,nl;q=0.7", "nl"),
        (None, None, "nl;q=0,en;q=0.1", "en"),
        (None, None, "fr, *;q=0.1", "en"),
        (None, "nl", "en", "nl"),
        ("en", "nl", "nl", "en"),
        ("xx", "yy", "nl", "nl"),
        (None, None, "nl;q=9.9," * 10_000, "en"),
    ],
)
def test_a_reader_gets_what_is_asked_for_then_what_was_then_what_is_accepted(
    asked: str | None, kept: str | None, accepted: str, language: str
) -> None:
    """`?lang=`, then the cookie, then Accept-Language by its weights; else English."""
    assert chosen(asked, kept, accepted) == language
