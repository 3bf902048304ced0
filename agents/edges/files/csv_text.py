"""The one writer of CSV (RFC 4180): no text in it can be a formula of a spreadsheet.

Texts come from hotlines, registries and reported URLs. A spreadsheet that opens a file runs what
begins like a formula. Where the list separator is `;`, as in much of Europe, it also cuts a text at
that mark. So each such place gets an apostrophe before it.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

_FORMULA: Final = re.compile(
    r"""
    (?: ^ | (?<=[;\r\n]) )                              # where a cell may begin
    (?= [\x20\t\r\n"\u00a0\u2000-\u200b\u3000]*         # blanks and quotes, which are dropped
        [=+\-@\uff1d\uff0b\uff0d\uff20]                 # the marks of a formula, wide ones too
      | [\t\r\n] )
    """,
    re.VERBOSE | re.ASCII,
)


def csv_text(names: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a CSV file with a line for each row.

    Args:
        names: of the columns.
        rows: their values in that order; None is written as nothing.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(names)
    table.writerows([guarded(value) for value in row] for row in rows)
    return text.getvalue()


def guarded(value: object) -> object:
    """Return a value of a cell as no spreadsheet takes it for a formula; numbers stay numbers."""
    if value is None:
        return ""
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
