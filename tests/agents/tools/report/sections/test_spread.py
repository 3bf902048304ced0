"""The sections on spread: every table is whole, and what has no case says so."""

import pytest
from drawn_report import COHORT, THRESHOLD, drawn_made
from empty_report import empty_made

from agents.tools.report.blocks import Table
from agents.tools.report.sections.made import Made
from agents.tools.report.sections.spread import (
    concentration_section,
    countries_section,
    effort_section,
)

SECTIONS = (concentration_section, countries_section, effort_section)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_has_a_cell_for_each_heading(section: object) -> None:
    """And titles of one section differ where its tables do."""
    assert callable(section)
    found = section(drawn_made())
    tables = [block for block in found.blocks if isinstance(block, Table)]
    assert tables
    for table in tables:
        rows = [*table.rows, *([table.foot] if table.foot else [])]
        assert all(len(row) == len(table.heads) for row in rows)
    assert len({table.title for table in tables}) == len(tables)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_report_without_a_case_has_the_section(section: object) -> None:
    """It has words or an empty table, and nothing fails."""
    assert callable(section)
    made = empty_made()
    assert isinstance(made, Made)
    assert section(made).blocks
    assert (made.cohort, made.threshold) == (COHORT, THRESHOLD)
