"""Lines of CSV: one physical line is one row, cut rows and control characters are refused."""

import csv
import re
from collections.abc import Collection, Sequence
from typing import Final

from streams.intake.carried_content import text_carries_content, url_carries_content
from streams.intake.formats.base import FileRefusal, Refused

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
csv.field_size_limit(131_072)  # a line is cut at 16 KiB before it comes here


class NotARow(Exception):
    """A line is not a whole row of its file."""


def fields_of(raw: bytes, encoding: str, delimiter: str) -> list[str]:
    r"""Return the fields of a line. A quote inside quotes is doubled, or follows a backslash.

    Args:
        raw: a physical line without its end.
        encoding: of the file.
        delimiter: between its fields.

    Raises:
        NotARow: it is not in its encoding, or a quote was opened and not closed.
    """
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise NotARow from None
    if _CONTROL.search(text):
        raise NotARow
    try:
        rows = list(csv.reader([text], delimiter=delimiter, escapechar="\\", strict=True))
    except csv.Error:
        raise NotARow from None
    if len(rows) != 1:
        raise NotARow
    return rows[0]


def row_carries_content(fields: Sequence[str], urls: Collection[int]) -> bool:
    """Return whether a field of a row carries material, one that is dropped included.

    Args:
        fields: of the row.
        urls: positions of those that are URLs.
    """
    return any(
        url_carries_content(one) if at in urls else text_carries_content(one)
        for at, one in enumerate(fields)
        if one
    )


def torn(raw: bytes) -> Refused:
    """Return why a line that is no row is refused."""
    carries = text_carries_content(raw.decode("latin-1"), runs=False)
    return Refused(FileRefusal.CONTENT if carries else FileRefusal.MALFORMED)
