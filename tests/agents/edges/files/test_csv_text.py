"""Laws of what is written as CSV."""

import csv
import io
import re
from pathlib import Path

import pytest

from agents.edges.files import csv_text as module
from agents.edges.files.csv_text import csv_text, guarded

AGENTS = Path(module.__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=cmd|'/C'!A0", "'=cmd|'/C'!A0"),
        ("+31201234567", "'+31201234567"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("2026;=1", "2026;'=1"),
        ("2026; -1", "2026;' -1"),
        ("2026\r\n=1", "2026\r'\n'=1"),
        ("2026-001", "2026-001"),
        ("86400:late;172800:in_time", "86400:late;172800:in_time"),
        ("a=b", "a=b"),
    ],
)
def test_no_text_is_a_formula(text: str, written: str) -> None:
    """Wherever a spreadsheet lets a cell begin, also where its list separator is `;`."""
    assert guarded(text) == written
    assert list(csv.reader(io.StringIO(csv_text(["one"], [[text]]), newline=""))) == [
        ["one"],
        [written],
    ]


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    """A negative number is no formula."""
    assert csv_text(["a", "b"], [[-5, None], [1.5, ""]]) == "a,b\r\n-5,\r\n1.5,\r\n"


def test_every_csv_is_written_here() -> None:
    """So none can lack the guard."""
    writes = re.compile(r"csv\.(?:writer|DictWriter)\(|\.to_csv\(|write_csv\(")
    found = [one for one in AGENTS.rglob("*.py") if writes.search(one.read_text())]
    assert [one.name for one in found] == [Path(module.__file__).name]
