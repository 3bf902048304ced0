"""The sections of `course`: every table is whole, and what has no case says so."""

import msgspec
from drawn_report import drawn_made
from drawn_sections import blocks_without_a_case, tables_of, titles, widths

from agents.tools.report.blocks import Figure
from agents.tools.report.sections.course import (
    backlog_section,
    periods_section,
    returns_section,
    times_section,
)

SECTIONS = (times_section, backlog_section, periods_section, returns_section)


def test_every_row_has_a_cell_for_each_heading() -> None:
    """And titles of one section differ where its tables do."""
    found = widths(SECTIONS)
    assert found
    assert [one for one in found if one[1] != one[2]] == []
    assert all(len(set(own)) == len(own) for own in titles(SECTIONS))


def test_a_report_without_a_case_has_the_section() -> None:
    """It has words or an empty table, and nothing fails."""
    assert all(blocks_without_a_case(SECTIONS))


def test_orders_have_no_late_line() -> None:
    """Neither a column nor a legend: the cases do not carry the terms."""
    made = drawn_made()
    backlog = msgspec.structs.replace(made.figures.backlog, late=None)
    orders = made._replace(figures=msgspec.structs.replace(made.figures, backlog=backlog))
    for of, columns, dashed in ((made, 3, True), (orders, 2, False)):
        section = backlog_section(of)
        (table,) = tables_of(section)
        (figure,) = [block for block in section.blocks if isinstance(block, Figure)]
        assert {len(table.heads), *map(len, table.rows)} == {columns}
        assert ("late" in figure.how) is dashed
        assert ('class="two"' in figure.drawings[0]) is dashed
