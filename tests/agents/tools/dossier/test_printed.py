"""A dossier to read: what the file says stands in it, in both languages."""

import hashlib
import re

import pytest
from made_dossier import Made, made_dossier
from msgspec.structs import replace

from agents.edges.web.case_labels import norm_words
from agents.tools.dossier import file_form
from agents.tools.dossier.printed import html_of, pdf_of
from schemas.closed_lists import NormVerdict
from schemas.dossier.dossier import NormRow


@pytest.fixture(scope="module")
def made(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Dossiers of a ledger with roots."""
    return made_dossier(bootstrap, tmp_path_factory.mktemp("dossier"))


@pytest.mark.parametrize("spoken", ["en", "nl"])
def test_a_page_has_each_case_and_the_digest_of_the_file(made: Made, spoken: str) -> None:
    """Each record of a row that is printed; no script, and nothing from outside."""
    html = html_of(made.all, spoken)
    assert hashlib.sha256(file_form.encode(made.all)).hexdigest() in html
    assert made.key in html
    for case in made.all.cases:
        assert html.count(case.case_id) == 2
        rows = [one.record for one in case.observations if one.target == "url"]
        rows += [one.record for one in (*case.notices, *case.reports, *case.attributions)]
        assert all(f"<code>{record}</code>" in html for record in rows)
    assert "<script" not in html
    assert set(re.findall(r'(?:href|src)="([^"]*)"', html)) == {"data:,"}
    assert html == html_of(made.all, spoken)


def test_a_second_verdict_stands_beside_the_first(made: Made) -> None:
    """After a return; a case without one has a first verdict alone."""
    one = file_form.decode(made.raw)
    second, again = (
        f"the second verdict: {norm_words(86_400)}: late",
        (NormRow(norm_s=86_400, verdict=NormVerdict.LATE),),
    )
    assert second not in html_of(one, "en")
    cases = tuple(replace(case, again=again) for case in one.cases)
    assert second in html_of(replace(one, cases=cases), "en")


def test_what_a_person_wrote_is_text(made: Made) -> None:
    """A reason or a name that is markup is shown as it is written."""
    html = html_of(replace(made.all, name="<b>", natural_person="<i>&"), "en")
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;&amp;" in html
    assert "<i>" not in html


def test_a_pdf_is_made_of_the_page(made: Made) -> None:
    """The same bytes each time."""
    one = file_form.decode(made.raw)
    html = html_of(one, "en")
    pdf = pdf_of(one, html, "en")
    assert pdf is not None
    assert pdf.startswith(b"%PDF")
    assert pdf == pdf_of(one, html, "en")
