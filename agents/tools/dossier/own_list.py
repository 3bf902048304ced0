"""Holds a hoster's own list of notices against the notices of the ledger."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from agents.tools.owner_names import names_by_url
from agents.tools.verification import read
from schemas.closed_lists import Delivery
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.identity.ids import BadUrl, canonical
from schemas.moments import SECOND_MS, Instant, instant, rfc3339
from schemas.records.reports import HosterId, NoticeAccepted
from schemas.topics import REPORTS
from streams.dossier.reconcile import LedgerNotice, ListLine, Reconciled, reconciled
from streams.intake.formats.local_times import BadTime, time_of

FILE_BYTES_MAX: Final = 256 * 1024 * 1024
"""A million lines of 256 bytes: more notices than any hoster gets in a year."""

_ARRIVED: Final = (Delivery.DELIVERED, Delivery.SENT)
"""What is compared: a hoster cannot have what bounced."""

_URL, _AT = "url", "received_at"
_MARK: Final = "\ufeff"


class Listed(NamedTuple):
    """A hoster's list.

    Attributes:
        lines: what could be read.
        unreadable: numbers of the lines whose URL or time cannot be.
    """

    lines: list[ListLine]
    unreadable: list[int]


async def compared(
    settings: Settings, hoster: HosterId, file: Path, zone: tzinfo | None
) -> tuple[Reconciled, list[int]]:
    """Return where a hoster's list and the notices to it differ, and which lines are unreadable.

    Args:
        settings: name the broker and the key file, without which no URL is recognised.
        hoster: to whom the notices went, by its id or its owner's.
        file: CSV with the columns `url` and `received_at`.
        zone: of times that name none; None = these are unreadable.

    Raises:
        UserError: there is no key file, or the list cannot be read.
        KafkaError, TimeoutError: the broker failed.
    """
    ring = Keyring.load(settings.key_file)
    listed = read_list(file, ring, zone)
    notices = await read_notices(settings, hoster)
    return reconciled(notices, listed.lines), listed.unreadable


async def read_notices(settings: Settings, hoster: HosterId) -> list[LedgerNotice]:
    """Return the notices that went to a hoster and arrived, as far as their hotlines know.

    One to a name that the hoster had when it was given counts as well.

    Raises:
        UserError: the broker has no ledger.
        KafkaError, TimeoutError: the broker failed.
    """
    there, found = await read.tables(settings), list[LedgerNotice]()
    names = await names_by_url(settings, hoster)
    async for records in read_partitions(settings, REPORTS.name, there.partitions):
        for record in filter(there.signed.passes, records):
            try:
                said = REPORTS_ENTRY.decode(record.value)
            except Rejected:
                continue  # `hostwatch verify` names it
            if not isinstance(said, NoticeAccepted) or said.result not in _ARRIVED:
                continue
            if {said.recipient, said.group} & {hoster, *names.get(said.url_key, ())}:
                name = f"{record.topic}/{record.partition}/{record.offset}"
                found.append(LedgerNotice(said.url_key, said.noticed_at, name, said.hotline))
    return found


def read_list(file: Path, ring: Keyring, zone: tzinfo | None) -> Listed:
    """Return a hoster's list, its URLs as the ledger names them.

    Args:
        file: CSV with the columns `url` and `received_at`.
        ring: of the ledger.
        zone: of times that name none.

    Raises:
        UserError: it cannot be read, or lacks a column.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(FILE_BYTES_MAX + 1)
        text = raw.decode().removeprefix(_MARK)
    except OSError:
        raise UserError(f"{file}: cannot be read") from None
    except UnicodeDecodeError:
        raise UserError(f"{file}: is not UTF-8") from None
    if len(raw) > FILE_BYTES_MAX:
        raise UserError(f"{file}: is larger than {FILE_BYTES_MAX:,} bytes")
    found = Listed([], [])
    for number, url, at in _rows(file, text):
        try:
            key = ring.url_key(canonical(url))
            when = instant(datetime.fromisoformat(time_of(at, zone)))
        except (BadUrl, BadTime):
            found.unreadable.append(number)
        else:
            found.lines.append(ListLine(key, when, number))
    return found


def _rows(file: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield number, URL and time of the lines; columns are known by their names."""
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        names = [name.strip().casefold().replace(" ", "_") for name in next(rows, [])]
        if _URL not in names or _AT not in names:
            raise UserError(f"{file}: its first line names no columns `{_URL}` and `{_AT}`")
        url, at = names.index(_URL), names.index(_AT)
        for row in rows:
            if row:
                whole = len(row) > max(url, at)
                yield rows.line_num, row[url] if whole else "", row[at] if whole else ""
    except csv.Error:
        raise UserError(f"{file}: line {rows.line_num} is no CSV") from None


def differences(found: Reconciled, unreadable: Sequence[int]) -> Iterator[dict[str, object]]:
    """Yield a row for each difference, without a URL: lines have numbers, notices their places."""
    for notice in found.missing:
        yield _row("missing", notice=notice)
    for line in found.extra:
        yield _row("extra", line=line)
    for notice, line in found.shifted:
        yield _row("shifted", notice=notice, line=line)
    for number in unreadable:
        yield _row("unreadable") | {"line": number}


def _row(
    what: str, *, notice: LedgerNotice | None = None, line: ListLine | None = None
) -> dict[str, object]:
    row: dict[str, object] = {
        "what": what,
        "line": line.number if line else "",
        "listed_at": _text(line.at if line else None),
        "record": notice.record if notice else "",
        "hotline": notice.hotline if notice else "",
        "noticed_at": _text(notice.at if notice else None),
        "seconds_apart": "",
    }
    if notice and line:
        row["seconds_apart"] = (line.at - notice.at) // SECOND_MS
    return row


def _text(at: Instant | None) -> str:
    return "" if at is None else rfc3339(at)
