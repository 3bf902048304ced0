"""A file of hotline records, in one of the formats of `streams.intake.formats`; plain or gzip.

Read twice: once whole, for its digest, its header and its ids; then record by record. Of most
formats one physical line is one record or a few; others are one document, read whole. No record
disappears but blank lines, comments and headers: it is sent, or refused with its reason.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as with_
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from msgspec.structs import replace

from agents.errors import UserError
from agents.process.held_keys import holds_keys
from schemas.closed_lists import Guess
from schemas.codec import HOTLINE
from schemas.records.hotline import RECORD_BYTES_MAX, Report
from streams.intake import formats
from streams.intake.formats.base import (
    BYTE_ORDER_BYTES,
    DOCUMENT_BYTES_MAX,
    HEAD_BYTES,
    FileRefusal,
    ParsedRecord,
    Refused,
    UnfitHeader,
    Using,
)

_GZIP: Final = b"\x1f\x8b"
_COMMENT: Final = b"#"
_WANTED: Final = "it has to be " + ", or ".join(
    [*(one.says for one in formats.FORMATS), *(one.says for one in formats.DOCUMENTS)]
)
_CHUNK_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A record of a file: what is sent for it, or why nothing is.

    Attributes:
        number: its line, from 1; of a document, which record of it.
        part: which record of its line, from 0.
        key, value: what is sent; empty if it is refused.
        guess: what was guessed of it.
        refused: why nothing is sent; None = it is.
    """

    number: int
    part: int = 0
    key: bytes = b""
    value: bytes = b""
    guess: Guess | None = None
    refused: FileRefusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read whole once.

    Attributes:
        path: where it is.
        digest: hex SHA-256 of its content, unpacked, and of the mapping that it is read by.
        lines: how many physical lines or records it has.
        format: its name.
        rows: its lines, read once; None = it is a document.
    """

    path: Path
    digest: str
    lines: int
    format: str
    rows: formats.Rows | None
    _document: tuple[ParsedRecord, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, path: Path, using: Using | None = None) -> "SourceFile":
        """Read the whole file once.

        Args:
            path: where it is.
            using: what the file itself does not say.

        Raises:
            UserError: it cannot be read, is damaged, empty, of no known format, no regular file,
                or it holds keys: those would stand in the inbox in clear.
        """
        _check(path)
        using = _dated(path, using or Using())
        name = path.name.lower().removesuffix(".gz")
        document = None if using.mapping else formats.document(name, _head(path))
        if document is not None:
            return cls._whole(path, document, using)
        digest = hashlib.sha256()
        found = None if using.mapping else formats.named(name)
        lines = 0
        for line in _lines(path, digest):
            lines = line.number
            if not line.raw.strip():
                continue
            if found is not None:
                found[1].count(line.raw, ended=line.ended)
                continue
            found = _opened(path, line, using)
            if found is None and not line.raw.startswith(_COMMENT):
                raise UserError(f"{path}: line {lines} begins no known format: {_WANTED}")
        if found is None:
            raise UserError(f"{path}: no header and no record in the file: {_WANTED}")
        format, rows = found
        if using.mapping is not None:
            digest.update(using.mapping.digest.encode())
        return cls(path=path, digest=digest.hexdigest(), lines=lines, format=format.name, rows=rows)

    @classmethod
    def _whole(cls, path: Path, document: formats.Document, using: Using) -> "SourceFile":
        data = bytearray()
        for chunk in _chunks(path):
            data += chunk
            if len(data) > DOCUMENT_BYTES_MAX:
                raise UserError(
                    f"{path}: over {DOCUMENT_BYTES_MAX >> 20} MiB: hand it in as several files"
                )
        found = tuple(document.read(bytes(data), using))
        return cls(
            path=path,
            digest=hashlib.sha256(data).hexdigest(),
            lines=len(found),
            format=document.name,
            rows=None,
            _document=found,
        )

    def records(self, *, probing: bool = True) -> Iterator[FileRecord]:
        """Yield what is sent and what is refused, in the order of the file.

        Args:
            probing: the URLs of its reports may be resolved and probed.

        Raises:
            UserError: the file cannot be read any more.
        """
        for number, found in self._reads():
            for part, one in enumerate(found):
                if isinstance(one, Refused):
                    yield FileRecord(number=number, part=part, refused=one.reason)
                    continue
                key = f"{self.digest[:32]}.{number}" if one.id is None else one.id
                unprobed = not probing and one.id is not None
                yield FileRecord(
                    number=number,
                    part=part,
                    key=key.encode(),
                    value=_not_probed(one.value) if unprobed else one.value,
                    guess=one.guess,
                )

    def _reads(self) -> Iterator[tuple[int, tuple[ParsedRecord, ...]]]:
        if self.rows is None:
            yield from ((number, (one,)) for number, one in enumerate(self._document, 1))
            return
        begun = False
        for line in _lines(self.path, None):
            if not line.raw.strip() or _is_comment(line.raw, begun):
                continue
            begun = True
            yield line.number, tuple(self.rows.rows(line.raw, ended=line.ended))


def _not_probed(value: bytes) -> bytes:
    """Return a record that says that its URL may not be probed; only a report says so."""
    record = HOTLINE.decode(value)
    return HOTLINE.encode(replace(record, probing=False)) if type(record) is Report else value


def _check(path: Path) -> None:
    """Refuse what is no file of records, whatever its lines look like."""
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path}: it is no regular file")
        if holds_keys(path):
            raise UserError(f"{path}: it holds keys, and is no file of records")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None


def _dated(path: Path, using: Using) -> Using:
    """Return what a file is read with, with the time that it was written at."""
    try:
        written = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    return with_(using, file_at=written)


def _opened(
    path: Path, line: SourceLine, using: Using
) -> tuple[formats.Format, formats.Rows] | None:
    try:
        return formats.by_header(line.raw, using)
    except UnfitHeader as unfit:
        raise UserError(f"{path}: line {line.number}: {unfit.why}") from None


def _is_comment(raw: bytes, begun: bool) -> bool:
    """Tell a comment from the second half of a cut line that happens to start with its sign."""
    bare = raw.strip()
    return raw.startswith(_COMMENT) and (
        not begun or bare.startswith(b"# ") or not bare.strip(_COMMENT)
    )


def _head(path: Path) -> bytes:
    return next(_chunks(path, HEAD_BYTES), b"")


def _chunks(path: Path, size: int = _CHUNK_BYTES) -> Iterator[bytes]:
    with _unpacked(path) as file:
        while chunk := file.read(size):
            yield chunk


def _lines(path: Path, digest: "hashlib._Hash | None") -> Iterator[SourceLine]:
    with _unpacked(path) as file:
        yield from _split(file, digest)


@contextmanager
def _unpacked(path: Path) -> "Iterator[IO[bytes] | gzip.GzipFile]":
    """Open a file; what its reader meets is a mistake of the user."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield unpacked
            else:
                yield file
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError(f"{path}: the gzip file is damaged or cut off") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None


def _split(
    file: "IO[bytes] | gzip.GzipFile", digest: "hashlib._Hash | None"
) -> Iterator[SourceLine]:
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
            raw = raw.removeprefix(BYTE_ORDER_BYTES)
        yield SourceLine(number=number, raw=raw[: RECORD_BYTES_MAX + 1], ended=ended)
