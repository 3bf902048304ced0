"""A file of hotline records: NDJSON, or a URLhaus dump as CSV; plain or gzip.

Read twice: once whole, for its digest, its header and its ids; then line by line. One physical
line is one record. A line that is no whole record is passed on as it stands under a key of its
own, so that intake quarantines it; no line disappears but blank ones, comments and headers.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from agents.errors import UserError
from schemas.codec import HOTLINE, Rejected, decode_hotline
from schemas.reasons import Doubt
from schemas.records.hotline import RECORD_BYTES_MAX
from streams.intake.formats.urlhaus import (
    COMMENT,
    MARK,
    Census,
    Layout,
    Unreadable,
    kept_apart,
    layout_of,
    report_of,
)

_GZIP: Final = b"\x1f\x8b"
_HEADERS: Final = (
    ": it has to be NDJSON, or CSV with the columns id, dateadded, url, status and last_online"
)
_JSON_NAMES: Final = (".ndjson", ".jsonl", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A physical line without its end.

    Attributes:
        number: from 1.
        raw: at most RECORD_BYTES_MAX + 1 bytes of it; one more than intake takes.
        ended: it had an end; the last line of a file may not.
    """

    number: int
    raw: bytes
    ended: bool

    @property
    def text(self) -> str | None:
        """The line as text, None if it is not UTF-8."""
        try:
            return self.raw.decode().removeprefix(MARK if self.number == 1 else "")
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """What is sent for a line.

    Attributes:
        doubt: what was guessed of it.
    """

    number: int
    key: bytes
    value: bytes
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read whole once.

    Attributes:
        path: where it is.
        digest: hex SHA-256 of its content, unpacked.
        lines: how many physical lines it has.
        layout: of its rows; None = NDJSON.
        census: the ids of its rows.
    """

    path: Path
    digest: str
    lines: int
    layout: Layout | None
    census: Census

    @classmethod
    def read(cls, path: Path) -> "SourceFile":
        """Read the whole file once.

        Raises:
            UserError: it cannot be read, is damaged, empty, or has no header.
        """
        digest = hashlib.sha256()
        census = Census()
        layout: Layout | None = None
        json, lines = _is_json(path), 0
        for line in _lines(path, digest):
            lines = line.number
            text = line.text
            if json or text is None or not text.strip():
                continue
            if layout is None:
                layout = layout_of(text)
                if layout is None and text.lstrip().startswith("{"):
                    json = True
                elif layout is None and not text.startswith(COMMENT):
                    raise UserError(
                        f"{path}: line {lines} is no header of a URLhaus dump{_HEADERS}"
                    )
            else:
                _count(text, layout, line.ended, census)
        if layout is None and not json:
            raise UserError(f"{path}: no header and no record in the file{_HEADERS}")
        return cls(path=path, digest=digest.hexdigest(), lines=lines, layout=layout, census=census)

    def records(self) -> Iterator[FileRecord]:
        """Yield what is sent, in the order of the file.

        Raises:
            UserError: the file cannot be read any more.
        """
        begun = False
        for line in _lines(self.path, None):
            text = line.text
            if text is not None and (not text.strip() or _is_comment(text, begun)):
                continue
            begun = True
            found = self._keyed(line, text)
            if found is not None:
                yield found

    def _keyed(self, line: Line, text: str | None) -> FileRecord | None:
        if self.layout is None:
            raw = line.raw.removeprefix(MARK.encode()) if line.number == 1 else line.raw
            try:
                key = decode_hotline(raw).id.encode()
            except Rejected:
                key = self._own_key(line)
            return FileRecord(number=line.number, key=key, value=raw)
        report = None
        try:
            if text is not None:
                report = report_of(text, self.layout, ended=line.ended)
        except Unreadable:
            text = None
        if text is None:
            return FileRecord(number=line.number, key=self._own_key(line), value=line.raw)
        if report is None:  # the header
            return None
        doubt = None if self.census.fits(report) else Doubt.SHORT_ID
        report = kept_apart(report) if doubt else report
        key, value = report.id.encode(), HOTLINE.encode(report)
        return FileRecord(number=line.number, key=key, value=value, doubt=doubt)

    def _own_key(self, line: Line) -> bytes:
        return f"{self.digest[:32]}.{line.number}".encode()


def _count(text: str, layout: Layout, ended: bool, census: Census) -> None:
    try:
        report = report_of(text, layout, ended=ended)
    except Unreadable:
        return
    if report is not None:
        census.add(report)


def _is_comment(text: str, begun: bool) -> bool:
    """Tell a comment from the second half of a cut line that happens to start with its sign."""
    bare = text.strip()
    return text.startswith(COMMENT) and (
        not begun or bare.startswith("# ") or not bare.strip(COMMENT)
    )


def _is_json(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(_JSON_NAMES)


def _lines(path: Path, digest: "hashlib._Hash | None") -> Iterator[Line]:
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield from _split(unpacked, digest)
            else:
                yield from _split(file, digest)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError(f"{path}: the gzip file is damaged or cut off") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None


def _split(file: "IO[bytes] | gzip.GzipFile", digest: "hashlib._Hash | None") -> Iterator[Line]:
    number = 0
    while chunk := file.readline(RECORD_BYTES_MAX + 2):
        number += 1
        raw = chunk
        if digest is not None:
            digest.update(chunk)
        while not chunk.endswith(b"\n") and (chunk := file.readline(RECORD_BYTES_MAX + 2)):
            if digest is not None:
                digest.update(chunk)
        ended = chunk.endswith(b"\n")
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        yield Line(number=number, raw=raw[: RECORD_BYTES_MAX + 1], ended=ended)
