"""Formats in which reports come in, a module each: a `Format`, and its place in `FORMATS`.

May import `schemas`.
"""

from typing import Final

from streams.intake.formats import ndjson, urlhaus
from streams.intake.formats.base import Format, Row, Rows

__all__ = ["FORMATS", "Format", "Row", "Rows", "named", "opened"]

FORMATS: Final[tuple[Format, ...]] = (urlhaus.FORMAT, ndjson.FORMAT)
"""Asked in this order whether a file's first line is theirs."""


def named(name: str) -> Rows | None:
    """Return the rows of a file by its name, None if no format knows it by that.

    Args:
        name: in lower case, without the ending of a packed file.
    """
    return next((rows for one in FORMATS if (rows := one.named(name)) is not None), None)


def opened(line: str) -> Rows | None:
    """Return the rows of a file by its first line, None if no format has such a one."""
    return next((rows for one in FORMATS if (rows := one.opened(line)) is not None), None)
