"""A file of hotline records, in one of the formats of `streams.intake.formats`; plain or gzip.

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
from schemas.reasons import Guess
from schemas.records.hotline import RECORD_BYTES_MAX
from streams.intake import formats
from streams.intake.formats.base import BYTE_ORDER_MARK

_GZIP: Final = b"\x1f\x8b"
_MARK: Final = BYTE_ORDER_MARK.encode()
_COMMENT: Final = "#"
_WANTED: Final = "it has to be " + ", or ".join(one.says for one in formats.FORMATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A physical line without its end.

    Attributes:
        number: from 1.
        raw: at most RECORD_BYTES_MAX + 1 bytes of it, one more than intake takes, without a byte
            order mark.
        ended: it had an end; the last line of a file may not.
    """

    number: int
    raw: bytes
    ended: bool

    @property
    def text(self) -> str | None:
        """The line as text, None if it is not UTF-8."""
        try:
            return self.raw.decode()
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
    doubt: Guess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read whole once.

    Attributes:
        path: where it is.
        digest: hex SHA-256 of its content, unpacked.
        lines: how many physical lines it has.
        rows: its lines, read once.
    """

    path: Path
    digest: str
    lines: int
    rows: formats.Rows

    @classmethod
    def read(cls, path: Path) -> "SourceFile":
        """Read the whole file once.

        Raises:
            UserError: it cannot be read, is damaged, empty, or of no known format.
        """
        digest = hashlib.sha256()
        rows = formats.named(path.name.lower().removesuffix(".gz"))
        lines = 0
        for line in _lines(path, digest):
            lines = line.number
            text = line.text
            if text is None or not text.strip():
                continue
            if rows is not None:
                rows.count(text, ended=line.ended)
                continue
            rows = formats.opened(text)
            if rows is None and not text.startswith(_COMMENT):
                raise UserError(f"{path}: line {lines} begins no known format: {_WANTED}")
        if rows is None:
            raise UserError(f"{path}: no header and no record in the file: {_WANTED}")
        return cls(path=path, digest=digest.hexdigest(), lines=lines, rows=rows)

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
            row = self.rows.row(line.raw, ended=line.ended)
            if row is not None:
                key = f"{self.digest[:32]}.{line.number}" if row.id is None else row.id
                yield FileRecord(
                    number=line.number, key=key.encode(), value=row.value, doubt=row.doubt
                )


def _is_comment(text: str, begun: bool) -> bool:
    """Tell a comment from the second half of a cut line that happens to start with its sign."""
    bare = text.strip()
    return text.startswith(_COMMENT) and (
        not begun or bare.startswith("# ") or not bare.strip(_COMMENT)
    )


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
        if number == 1:
            raw = raw.removeprefix(_MARK)
        yield Line(number=number, raw=raw[: RECORD_BYTES_MAX + 1], ended=ended)
