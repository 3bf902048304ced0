"""Rows of URLhaus dumps as reports of a hotline that replays them.

Specification: the header of the dumps themselves and urlhaus.abuse.ch/api/ ("Database dump").

Two layouts are read by their header: abuse.ch's own CSV, whose header stands in a comment line
and whose fields are quoted, and one with the states of several snapshots side by side
(`status_HHMM`, `last_online_HHMM`). Of several snapshots the newest non-empty status and
last_online hold. Times are UTC without a zone.

One physical line is one row. A line is taken only if all of it is there. It has the header's
number of fields, and is quoted to the end if quoted at the start. It has an id of digits, full
times and a URL. Its states are such as one check after another can have left behind. A row that
lost its end or its beginning fails one of these, but for two cases of the layout without quotes.
One that lost the first digits of its id is guessed by its neighbours: ids ascend with time, see
`Census`. It is taken under an id that no whole row has, and flagged. One cut right behind its last
comma reads as never online where the first snapshot has no last_online either. Nothing in it tells
that it was cut, unless the file ends there.
"""

import csv
import hashlib
import re
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from msgspec.structs import replace

from schemas.closed_lists import Guess
from schemas.codec import HOTLINE
from schemas.records.hotline import URL_BYTES_MAX, Report, SourceStatus
from streams.intake.formats.base import (
    BYTE_ORDER_MARK,
    FileRefusal,
    InboxRecord,
    ParsedRecord,
    Refused,
    Using,
)
from streams.intake.formats.csv_rows import row_carries_content
from streams.intake.formats.ndjson import as_it_stands

ODD_MAX: Final = 2
"""Rows of a length of id that may be odd ones; from the third on it is how URLhaus counts."""

_ID: Final = re.compile(r"[1-9][0-9]{0,17}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_STATUS: Final = re.compile(r"(?:url_)?status(_[0-9]{4})?")
_LAST_ONLINE: Final = re.compile(r"last_online(_[0-9]{4})?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_STATES: Final = frozenset({"online", "offline", "unknown"})
_NONE: Final = frozenset({"", "None"})


class NotAWholeRow(Exception):
    """A line is not a whole row."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the fields of a row stand.

    Attributes:
        width: how many fields a row has.
        id, added, url: positions of id, dateadded and url.
        states: positions of (status, last_online) of each snapshot, oldest first.
        row: the header itself, without its comment sign.
    """

    width: int
    id: int
    added: int
    url: int
    states: tuple[tuple[int, int], ...]
    row: tuple[str, ...]


@dataclass(slots=True)
class Census:
    """The ids of a whole file, to guess which lost their first digits.

    URLhaus numbers its rows as they are added, so an id has at least as many digits as every row
    that was added before it. In both dumps of 2026 no id is out of order. A few rows may have any
    id, so those say nothing of the others.
    """

    _first: dict[int, list[datetime]] = field(default_factory=dict)

    def add(self, report: Report) -> None:
        """Take in a row that was read."""
        first = self._first.setdefault(len(report.id), [])
        insort(first, report.reported_at)
        del first[ODD_MAX + 1 :]

    def fits(self, report: Report) -> bool:
        """Tell whether no more than odd rows added before this one have a longer id.

        Asked after all are in.
        """
        return not any(
            digits > len(report.id) and first[ODD_MAX:] and first[ODD_MAX] < report.reported_at
            for digits, first in self._first.items()
        )


def kept_apart(report: Report) -> Report:
    """Return a row under an id that no whole row has: another row may have the one it shows."""
    return replace(report, id=f"{report.id}.{report.row_digest}")


def layout_of(line: str) -> Layout | None:
    """Return the layout a header line describes, None if the line is no header.

    Args:
        line: without its end; the header of abuse.ch starts with a comment sign.
    """
    try:
        names = tuple(name.strip() for name in _fields(line.lstrip(BYTE_ORDER_MARK).lstrip("# ")))
    except NotAWholeRow:
        return None
    status = _snapshots(names, _STATUS)
    last_online = _snapshots(names, _LAST_ONLINE)
    required = {"id", "dateadded", "url"} <= set(names) and len(set(names)) == len(names)
    if not required or not status or status.keys() != last_online.keys():
        return None
    return Layout(
        width=len(names),
        id=names.index("id"),
        added=names.index("dateadded"),
        url=names.index("url"),
        states=tuple((status[when], last_online[when]) for when in sorted(status)),
        row=names,
    )


def _snapshots(names: tuple[str, ...], pattern: re.Pattern[str]) -> dict[str, int]:
    matches = ((pattern.fullmatch(name), at) for at, name in enumerate(names))
    return {match[1] or "": at for match, at in matches if match}


def report_of(line: str, layout: Layout, *, ended: bool = True) -> Report | None:
    """Return the report a row stands for, None for a repeated header.

    Args:
        line: one physical line without its end.
        layout: of the file's header.
        ended: the line had an end; the last one of a file may have been cut.

    Raises:
        NotAWholeRow: the line is not a whole row.
    """
    fields = _fields(line)
    if tuple(fields) == layout.row:
        return None
    if len(fields) != layout.width or (not ended and line.endswith(",")):
        raise NotAWholeRow
    if line.startswith('"') and not line.endswith('"'):
        raise NotAWholeRow
    url = fields[layout.url]
    if not _ID.fullmatch(fields[layout.id]) or not 1 <= len(url.encode()) <= URL_BYTES_MAX:
        raise NotAWholeRow
    reported_at = _time(fields[layout.added])
    return Report(
        v=1,
        id=fields[layout.id],
        url=url,
        reported_at=reported_at,
        source=_source([(fields[status], fields[seen]) for status, seen in layout.states]),
        row_digest=_digest(fields),
    )


def _fields(line: str) -> list[str]:
    if _CONTROL.search(line):
        raise NotAWholeRow
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error:  # a quote that was opened and not closed
        raise NotAWholeRow from None
    if len(rows) != 1:
        raise NotAWholeRow
    return rows[0]


def _source(states: list[tuple[str, str]]) -> SourceStatus:
    """Return the newest state, given each snapshot's, oldest first.

    A snapshot that does not know the row is empty. Where a state is given and the row was seen
    online before, the time of that is not lost; `online` means that it was seen.
    """
    status, last_online = "", None
    for said, seen in states:
        seen_at = None if seen in _NONE else _time(seen)
        if not said and seen_at is None:
            continue
        lost = seen_at is None and (last_online is not None or said == "online")
        if said not in _STATES or lost:
            raise NotAWholeRow
        status, last_online = said, seen_at
    if not status:
        raise NotAWholeRow
    return SourceStatus(status=status, last_online=last_online)


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text):
        raise NotAWholeRow
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:  # the 30th of February
        raise NotAWholeRow from None


def _digest(fields: list[str]) -> str:
    # Lengths keep ("a", "bc") and ("ab", "c") apart; quoting and line ends are not content.
    text = "".join(f"{len(field)}:{field}" for field in fields)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Dump:
    """The rows of one dump.

    Args:
        layout: of its header.
    """

    def __init__(self, layout: Layout) -> None:
        """Begin with no row counted."""
        self._layout = layout
        self._census = Census()

    def count(self, raw: bytes, *, ended: bool) -> None:
        """Take in the id of a whole row."""
        try:
            report = report_of(raw.decode(), self._layout, ended=ended)
        except (NotAWholeRow, UnicodeDecodeError):
            return
        if report is not None:
            self._census.add(report)

    def rows(self, raw: bytes, *, ended: bool) -> Sequence[ParsedRecord]:
        """Return the report of a whole row, apart if it lost the first digits of its id."""
        try:
            line = raw.decode()
            report = report_of(line, self._layout, ended=ended)
        except (NotAWholeRow, UnicodeDecodeError):
            return (as_it_stands(raw, has_url=True),)
        if report is None:
            return ()
        if row_carries_content(_fields(line), {self._layout.url}):
            return (Refused(FileRefusal.CONTENT),)
        guess = None if self._census.fits(report) else Guess.SHORT_ID
        report = kept_apart(report) if guess else report
        return (InboxRecord(report.id, HOTLINE.encode(report), guess),)


class Urlhaus:
    """Knows a dump by its header."""

    name = "urlhaus"
    says = "CSV with the columns id, dateadded, url, status and last_online"

    def named(self, name: str) -> None:
        """Leave it to the header: no name tells a dump."""

    def by_header(self, raw: bytes, using: Using) -> Dump | None:
        """Return the rows if the line is a header."""
        try:
            layout = layout_of(raw.decode())
        except UnicodeDecodeError:
            return None
        return None if layout is None else Dump(layout)


FORMAT: Final = Urlhaus()
