"""What a kind of file has to tell of itself, and of each record in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from schemas.closed_lists import Guess
from schemas.records.hotline import Notice
from streams.intake.formats.column_mapping import ColumnMapping

BYTE_ORDER_MARK: Final = "\ufeff"
"""Some tools put it before the first line."""

BYTE_ORDER_BYTES: Final = BYTE_ORDER_MARK.encode()

HEAD_BYTES: Final = 65_536
"""Of a file that is one document, so much is read to find its kind."""

DOCUMENT_BYTES_MAX: Final = 64 * 1_048_576
"""A document is read whole; the largest, a year of URLhaus as JSON, is below a third of this."""


class FileRefusal(StrEnum):
    """Why a record of a file was not handed in. Nothing of it is kept anywhere."""

    CONTENT = "content"  # it carries material: an image, a file, a long run of base64
    UNKNOWN_FIELD = "unknown_field"  # a field that its format does not have
    UNKNOWN_TYPE = "unknown_type"  # a kind of record that says nothing of a URL and its removal
    UNKNOWN_VERSION = "unknown_version"  # a version of its format that is not read
    MALFORMED = "malformed"  # cut off, not in its encoding, a field of the wrong kind
    TOO_LARGE = "too_large"  # a record over 16 KiB
    BAD_URL = "bad_url"  # no http(s) URL with a host
    BAD_TIME = "bad_time"  # no time, no such time, or one without a zone where none is named
    NOT_ILLEGAL = "not_illegal"  # its hotline assessed it as not illegal, or not yet
    NOT_SENT = "not_sent"  # a notice that has not gone out
    FOREIGN_SERVER = "foreign_server"  # a receipt that is not the own mail server's
    NO_NOTICE = "no_notice"  # a receipt of no notice that stands in the inbox


class InboxRecord(NamedTuple):
    """What is sent for a record of a file.

    Attributes:
        id: the record's own; None = the line is no whole record and gets a key of the file.
        value: the record, or the line as it stands, so that intake quarantines it.
        guess: what was guessed of it.
    """

    id: str | None
    value: bytes
    guess: Guess | None = None


class Refused(NamedTuple):
    """A record of which nothing is sent."""

    reason: FileRefusal


ParsedRecord: TypeAlias = InboxRecord | Refused


class XarfFields(NamedTuple):
    """What the XARF library says of a report.

    Attributes:
        valid: it fits its schema.
        unknown: it has fields that its schema has not.
        fields: all of them.
    """

    valid: bool
    unknown: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Using:
    """What a format is read with: what the file itself does not say.

    Attributes:
        zone: of times without one; None = they are refused.
        mapping: what the columns of a CSV are; None = the file is no such.
        mail_hosts: names of the operator's own mail servers, lower case.
        file_at: when the file was written, for records without a time.
        xarf: reads a XARF report by the library; None = no such report can be read.
        notices: those of the hotline with this message or envelope id.
    """

    zone: tzinfo | None = None
    mapping: ColumnMapping | None = None
    mail_hosts: frozenset[str] = frozenset()
    file_at: datetime | None = None
    xarf: Callable[[Mapping[str, Any]], XarfFields] | None = field(default=None, repr=False)
    notices: Callable[[str], Sequence[Notice]] = field(default=lambda _: (), repr=False)


class Rows(Protocol):
    """The lines of one file, read twice in the same order."""

    def count(self, raw: bytes, *, ended: bool) -> None:
        """Take in a line at the first reading.

        Args:
            raw: a physical line behind the one that the file was opened by, without its end.
            ended: it had an end; the last line of a file may have been cut.
        """

    def rows(self, raw: bytes, *, ended: bool) -> Sequence[ParsedRecord]:
        """Return what is sent for a line, at the second reading; nothing = it is a header.

        Args:
            raw: a physical line without its end and without a byte order mark.
            ended: it had an end.
        """


class Format(Protocol):
    """A kind of file whose records are lines.

    Attributes:
        name: what `--format` calls it.
        says: how a person recognises it, after "it has to be".
    """

    name: str
    says: str

    def named(self, name: str) -> Rows | None:
        """Return the rows of a file by its name alone; None = the name does not tell.

        Args:
            name: in lower case, without the ending of a packed file.
        """

    def by_header(self, raw: bytes, using: Using) -> Rows | None:
        """Return the rows of a file by its first line; None = it is of another format.

        Args:
            raw: the first one that is neither blank nor one that another format skips.
            using: what it is read with.

        Raises:
            UnfitHeader: it is of this format, and cannot be read.
        """


class Document(Protocol):
    """A kind of file that is read as a whole.

    Attributes:
        name: what `--format` calls it.
        says: how a person recognises it, after "it has to be".
    """

    name: str
    says: str

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether a file is of this kind.

        Args:
            name: in lower case, without the ending of a packed file.
            head: its first HEAD_BYTES.
        """

    def read(self, data: bytes, using: Using) -> Sequence[ParsedRecord]:
        """Return what is sent for each record, in the order of the file.

        Args:
            data: the file, at most DOCUMENT_BYTES_MAX.
            using: what it is read with.
        """


class UnfitHeader(Exception):
    """The header of a file asks for what cannot be done.

    Attributes:
        why: for the operator; never a word of the file but the number of a column.
    """

    def __init__(self, why: str) -> None:
        """Keep the reason."""
        super().__init__(why)
        self.why = why
