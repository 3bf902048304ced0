"""The frame of printed documents: whole by itself, the same bytes, nothing taken for markup."""

import re

import pytest
from documents import RECORDED

from agents.tools.documents.page import document


def test_a_document_is_whole_by_itself() -> None:
    """It has no script and names nothing outside itself; its language and title stand in it."""
    found = document(RECORDED, spoken="nl", heading="Rapport", about="Wat is gemeten", words="x")
    assert '<html lang="nl">' in found
    assert "<title>Rapport</title>" in found
    assert "<script" not in found
    assert set(re.findall(r'(?:href|src)="([^"]*)"', found)) == {"data:,"}
    assert found == document(
        RECORDED, spoken="nl", heading="Rapport", about="Wat is gemeten", words="x"
    )


@pytest.mark.parametrize("place", ["heading", "about", "words"])
def test_what_it_is_told_is_text(place: str) -> None:
    """A hoster's name that is markup is shown as it is written."""
    said = {"heading": "h", "about": "a", "words": "w"} | {place: "<b onclick=x>&amp;"}
    assert "&lt;b onclick=x&gt;&amp;amp;" in document(RECORDED, spoken="en", **said)
