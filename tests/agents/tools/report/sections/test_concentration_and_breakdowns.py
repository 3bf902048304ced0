"""The sections of concentration and breakdowns: every table is whole; what has no case says so."""

from drawn_report import drawn_made
from drawn_sections import blocks_without_a_case, tables_of, titles, widths

from agents.tools.report.numbers import DASH
from agents.tools.report.sections.concentration_and_breakdowns import (
    breakdowns_section,
    concentration_section,
    countries_section,
)

SECTIONS = (concentration_section, countries_section, breakdowns_section)


def test_every_row_has_a_cell_for_each_heading() -> None:
    """And titles of one section differ where its tables do."""
    found = widths(SECTIONS)
    assert found
    assert [one for one in found if one[1] != one[2]] == []
    assert all(len(set(own)) == len(own) for own in titles(SECTIONS))


def test_a_report_without_a_case_has_the_section() -> None:
    """It has words or an empty table, and nothing fails."""
    assert all(blocks_without_a_case(SECTIONS))


def test_each_hotline_has_a_row_of_what_rests_on_its_own_word() -> None:
    """Beside shares by category and by type of site, under their names."""
    strata, hotlines = tables_of(breakdowns_section(drawn_made()))
    assert {row[0] for row in strata.rows} == {
        "hotline",
        "category",
        "type of site",
        "day of notice",
    }
    assert {"malware", "image host", "forum"} <= {row[1] for row in strata.rows}
    assert [row[0] for row in hotlines.rows] == ["alpha", "beta", "gamma"]
    assert all(row[2] not in {"", DASH} for row in hotlines.rows)
    assert all(row[4] == "0.0" for row in hotlines.rows)
