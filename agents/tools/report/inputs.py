"""Reads what an operator adds to a report: sizes of hosters, and corrections."""

import csv
from datetime import date
from pathlib import Path
from typing import Final

from agents.errors import UserError
from agents.tools.report.context import Exposure

COLUMNS: Final = ("hoster", "date", "addresses", "domains", "customers", "source")
COUNTS: Final = ("addresses", "domains", "customers")
FILE_BYTES_MAX: Final = 1_048_576
"""A line takes some 80 bytes, and a registry has a few thousand hosters."""

LINES_MAX: Final = 100
LINE_MAX: Final = 500
"""Characters of a correction: each is printed on the first page."""


def exposures(file: Path) -> tuple[Exposure, ...]:
    """Return the newest size of each hoster, in the order of their ids.

    Args:
        file: CSV with the columns `COLUMNS`; an empty count is not said.

    Raises:
        UserError: the file cannot be read, lacks a column, or a line is none.
    """
    rows = csv.DictReader(_text(file).splitlines())
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise UserError(f"{file} lacks the column {', '.join(missing)}")
    newest: dict[str, Exposure] = {}
    for number, row in enumerate(rows, 2):
        found = _exposure(file, number, row)
        there = newest.get(found.hoster)
        if there is not None and there.date == found.date:
            raise UserError(f"{file}, line {number}: that hoster has two lines of that day")
        if there is None or there.date < found.date:
            newest[found.hoster] = found
    return tuple(one for _, one in sorted(newest.items()))


def _exposure(file: Path, number: int, row: dict[str, str | None]) -> Exposure:
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(cells["date"]).isoformat()
        counts = {name: int(cells[name]) if cells[name] else None for name in COUNTS}
    except ValueError:
        raise UserError(
            f"{file}, line {number}: a date like 2026-01-01 and whole numbers are expected"
        ) from None
    if not cells["hoster"] or not cells["source"]:
        raise UserError(f"{file}, line {number}: hoster and source are needed")
    if any(count is not None and count < 0 for count in counts.values()):
        raise UserError(f"{file}, line {number}: a count lies below 0")
    return Exposure(hoster=cells["hoster"], date=day, source=cells["source"], **counts)


def errata_of(file: Path) -> tuple[str, ...]:
    """Return corrections, one a line; empty lines are passed over.

    Args:
        file: text.

    Raises:
        UserError: it cannot be read, or has too many or too long lines.
    """
    lines = [line.strip() for line in _text(file).splitlines() if line.strip()]
    if len(lines) > LINES_MAX or any(len(line) > LINE_MAX for line in lines):
        raise UserError(f"{file}: at most {LINES_MAX} lines of {LINE_MAX} characters")
    return tuple(lines)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            whole = opened.read(FILE_BYTES_MAX + 1)
        if len(whole) > FILE_BYTES_MAX:
            raise UserError(f"{file} has more than {FILE_BYTES_MAX:,} bytes")
        return whole.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file} cannot be read as text") from None
