"""The page of a report: the estimand first, who is named and why, and a figure for nobody else."""

import dataclasses
import re

import msgspec
import pytest
from drawn_report import drawn_made

from agents.edges.web.formatting import number
from agents.tools.report.page import report_page

PROOF = {"Method": "10", "cases.parquet": "ab" * 32}


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_is_whole_and_the_same(language: str) -> None:
    """No script, nothing from outside, one level of headings after the other, the same bytes."""
    made = drawn_made(language)
    page = report_page(made, PROOF)
    assert page == report_page(made, PROOF)
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert set(re.findall(r'(?:src|href)="([^#"][^"]*)"', page)) == {"data:,"}
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert all(f'id="{one}"' in page for one in re.findall(r'href="#([^"]+)"', page))
    assert "None" not in page
    assert "%(" not in page


def test_every_chart_has_its_sentence_and_its_numbers() -> None:
    """Seven figures with how to read them, each followed by a table."""
    page = report_page(drawn_made(), PROOF)
    sections = [one for one in page.split("<section") if "<figure>" in one]
    assert len(sections) == 7
    assert page.count("How to read it:") == 7
    assert all("<table" in one[one.index("</figure>") :] for one in sections)


def test_below_the_gate_there_is_no_figure() -> None:
    """A hoster that is not judged has its reason and the incidents it lacks, and nothing else."""
    made = drawn_made()
    page = report_page(made, PROOF)
    for row in made.hosters.rows:
        if row.bounds is None:
            (line,) = re.findall(rf'<tr><th scope="row">{row.hoster}</th>(.*?)</tr>', page)
            cells = re.findall(r"<td[^>]*>([^<]*)</td>", line)
            assert cells[0].startswith("too few")
            assert int(cells[1]) > 0
            assert len(cells) == 2


def test_the_named_stand_first_with_their_share() -> None:
    """Names of the registry, and what was found of each; the estimand is the first paragraph."""
    made = drawn_made()
    page = report_page(made, PROOF)
    main = page[page.index("<main>") :]
    assert re.match(r'<main>\s*<p class="estimand">What is measured', main)
    for hoster in made.hosters.named:
        assert f"<li><b>{hoster}</b>: " in main
    assert "Acme B.V." in main
    assert "reported by the hoster itself" in main


@pytest.mark.parametrize(
    ("language", "mean", "no_share"),
    [
        ("en", "n average over", "not the share of all cases"),
        ("nl", "emiddeld over", "niet het aandeel van alle zaken"),
    ],
)
def test_a_share_is_said_to_be_a_mean_over_incidents(
    language: str, mean: str, no_share: str
) -> None:
    """Of the named, of all together and in the estimand: nowhere a share of cases."""
    made = drawn_made(language)
    page = report_page(made, PROOF)
    who = page[page.index('id="named"') : page.index('id="shares"')]
    said = [one for one in re.findall(r">([^<>]+)<", who) if "95 %:" in one]
    assert len(said) == len(made.hosters.named) + 1
    assert all(mean in one for one in said)
    assert no_share in page


def test_how_many_cases_count_is_told_with_what_they_are_of() -> None:
    """Of the cases of the period those that count; of a sample those that are in it."""
    made = drawn_made()
    every, total = made.figures.every, made.figures.published
    page = report_page(made, PROOF)
    facts = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL))
    assert facts["Cases of the period"] == number(total)
    assert facts["Cases that count"] == number(every.n)
    assert "Of these in the sample" not in facts
    fewer = msgspec.structs.replace(every, n=every.n - 10)
    sampled = made._replace(figures=msgspec.structs.replace(made.figures, every=fewer))
    facts = dict(
        re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", report_page(sampled, PROOF), re.DOTALL)
    )
    assert facts["Cases that count"] == number(every.n)
    assert facts["Of these in the sample"] == number(every.n - 10)


def test_leaving_out_shrunken_estimates_changes_no_name() -> None:
    """The funnel has a column less; who is named, and every share, stays the same."""
    made = drawn_made()
    without = made._replace(context=msgspec.structs.replace(made.context, shrink=False))
    page, less = report_page(made, PROOF), report_page(without, PROOF)
    assert "pulled to the mean" in page
    assert "pulled to the mean" not in less
    start, end = 'id="named"', 'id="grounds"'
    assert page[page.index(start) : page.index(end)] == less[less.index(start) : less.index(end)]


def test_a_report_on_orders_says_so() -> None:
    """Each case is judged by the term of its own order, and no curve is fitted to one norm."""
    made = drawn_made()
    page = report_page(made._replace(cohort=dataclasses.replace(made.cohort, norm_s=None)), PROOF)
    assert "the term of each order" in page
