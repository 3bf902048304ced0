"""The sections of `shares`: every table is whole, and what has no case says so."""

from drawn_report import drawn_made
from drawn_sections import blocks_without_a_case, titles, widths

from agents.tools.report.blocks import Text
from agents.tools.report.sections.shares import funnel_section, sensitivity_section, share_section

SECTIONS = (share_section, funnel_section, sensitivity_section)


def test_every_row_has_a_cell_for_each_heading() -> None:
    """And titles of one section differ where its tables do."""
    found = widths(SECTIONS)
    assert found
    assert [one for one in found if one[1] != one[2]] == []
    assert all(len(set(own)) == len(own) for own in titles(SECTIONS))


def test_a_report_without_a_case_has_the_section() -> None:
    """It has words or an empty table, and nothing fails."""
    assert all(blocks_without_a_case(SECTIONS))


def test_overdispersion_is_said_of_the_variance() -> None:
    """Phi is a ratio of variances; hosters do not differ so many times as much."""
    (words,) = [
        block.words for block in funnel_section(drawn_made()).blocks if isinstance(block, Text)
    ]
    assert "variance of the hosters is" in words
