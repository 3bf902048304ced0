"""Laws of what a hoster's own page says."""

from dataclasses import replace

from pages import VIEW, held

from agents.edges.hoster_web.own_page import Visit, render_closed, render_own
from agents.edges.web.case_labels import ANSWERS
from agents.edges.web.messages import speaking
from schemas.closed_lists import AnswerKind
from schemas.records.feedback import HosterAnswer
from streams.views.case_list import FoundLine, case_list
from streams.views.hoster_view import hoster_view

VISIT = Visit(path="/h/token", form="f" * 32, expires_at=VIEW.as_of, hotlines=("north",))


def page(visit: Visit = VISIT, *answers: HosterAnswer, hoster: str = "beta") -> str:
    cases = held(hoster)
    assert cases is not None
    return render_own(hoster_view(hoster, VIEW, cases), VIEW, visit, answers)


def test_it_has_its_figures_its_cases_and_how_they_are_made() -> None:
    """Nothing of another hoster, no way to the operator's pages, no key of a URL."""
    text = page()
    assert "Beta Datacenter Services International" in text
    for other in ("Gamma", "Alpha Hosting", "/pipeline", "/search", "://", "/hoster/"):
        assert other not in text
    assert "How this is made" in text
    assert "Cases 1 to 50 of 261" in text
    assert "not due yet" in text
    assert all(words in text for words in ANSWERS.values())
    with speaking("nl"):
        assert "Antwoorden of betwisten" in page()


def test_what_was_answered_and_what_is_said_is_shown_as_text() -> None:
    """An answer by its case; nothing of an address becomes markup."""
    said = HosterAnswer(
        id="0" * 32,
        hoster="beta",
        case_id="a" * 24,
        url_key="b" * 32,
        answered_at=VIEW.as_of,
        answer=AnswerKind.NOT_OURS,
    )
    text = page(replace(VISIT, said="<b>x", case="a" * 24), said)
    assert "It is not on our servers</td>" in text
    assert "<b>x" not in text
    assert "b" * 32 not in text
    assert f'value="{"a" * 24}"' in text


def test_a_sample_is_said_to_be_one() -> None:
    """Its hoster reads that a share is estimated, and how well it is known."""
    text = page(hoster="shield")
    assert "Only a sample of this hoster" in text
    assert "<small>estimated; 95 %" in text


def test_a_case_outside_the_sample_is_said_to_be_one() -> None:
    """Its hoster reads why it has no verdict, in the list and where a reference led to it."""
    cases = held("shield")
    assert cases is not None
    lines = case_list(cases, VIEW.as_of, 1_000).lines
    outside = [FoundLine("shield", line) for line in lines if not line.sampled]
    assert "not in the sample</td>" in page(hoster="shield")
    text = page(replace(VISIT, found=outside[:1]), hoster="shield")
    found = text.partition("<caption>Cases found</caption>")[2].partition("</table>")[0]
    assert "not in the sample</td>" in found


def test_a_link_that_opens_nothing_does_not_say_why() -> None:
    """Whether it ended, was revoked or never was."""
    assert "This link opens nothing" in render_closed()
    assert "<nav" in render_closed()
    assert "/pipeline" not in render_closed()
