"""What the sections of a drawn and of an empty report come to, for the tests of each module."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from drawn_report import drawn_made
from empty_report import empty_made

from agents.tools.report.blocks import Section, Table
from agents.tools.report.sections.made import ReportParts

Maker: TypeAlias = Callable[[ReportParts], Section]


def tables_of(section: Section) -> list[Table]:
    """Return the tables of a section."""
    return [block for block in section.blocks if isinstance(block, Table)]


def widths(makers: Sequence[Maker]) -> list[tuple[str, int, int]]:
    """Return of each row of each table that sections of a drawn report have how wide it is.

    Args:
        makers: of the sections.

    Returns:
        title of the table, its headings, cells of the row.
    """
    return [
        (table.title, len(table.heads), len(row))
        for make in makers
        for table in tables_of(make(drawn_made()))
        for row in [*table.rows, *([table.foot] if table.foot else [])]
    ]


def titles(makers: Sequence[Maker]) -> list[list[str]]:
    """Return of each section of a drawn report the titles of its tables.

    Args:
        makers: of the sections.
    """
    return [[table.title for table in tables_of(make(drawn_made()))] for make in makers]


def blocks_without_a_case(makers: Sequence[Maker]) -> list[int]:
    """Return how many blocks each section of a report without a case has.

    Args:
        makers: of the sections.
    """
    return [len(make(empty_made()).blocks) for make in makers]
