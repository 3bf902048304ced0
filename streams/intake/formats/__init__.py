"""Formats in which reports come in, a module each: a `Format` of lines or a `Document`.

May import `schemas`, and of its stage `streams.intake.carried_content` and
`streams.intake.record_fields`.
"""

from typing import Final

from streams.intake.formats import (
    mapped_csv,
    ndjson,
    scart,
    urlhaus,
    urlhaus_json,
    xarf,
)
from streams.intake.formats.base import Document, Format, Rows, Using
from streams.intake.formats.mail import receipts, scart_mail

__all__ = [
    "DOCUMENTS",
    "FORMATS",
    "Document",
    "Format",
    "Rows",
    "Using",
    "by_header",
    "document",
]

FORMATS: Final[tuple[Format, ...]] = (
    mapped_csv.FORMAT,
    urlhaus.FORMAT,
    scart.FORMAT,
    ndjson.FORMAT,
)
"""Asked in this order whether a file's first line is theirs; a mapping decides alone."""

DOCUMENTS: Final[tuple[Document, ...]] = (
    urlhaus_json.FORMAT,
    xarf.FORMAT,
    receipts.FORMAT,
    scart_mail.FORMAT,
)
"""Asked before the others whether a file is theirs."""


def document(name: str, head: bytes) -> Document | None:
    """Return the format of a file that is read as a whole, None if its records are lines.

    Args:
        name: in lower case, without the ending of a packed file.
        head: its beginning.
    """
    return next((one for one in DOCUMENTS if one.claims(name, head)), None)


def named(name: str) -> tuple[Format, Rows] | None:
    """Return format and rows of a file by its name, None if no format knows it by that.

    Args:
        name: in lower case, without the ending of a packed file.
    """
    return next(((one, rows) for one in FORMATS if (rows := one.named(name)) is not None), None)


def by_header(raw: bytes, using: Using) -> tuple[Format, Rows] | None:
    """Return format and rows of a file by its first line, None if no format has such a one.

    Raises:
        UnfitHeader: a format has it, and cannot read such a file.
    """
    return next(
        ((one, rows) for one in FORMATS if (rows := one.by_header(raw, using)) is not None),
        None,
    )
