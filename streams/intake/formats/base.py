"""What a kind of file has to tell of itself, and of each of its lines."""

from typing import Final, NamedTuple, Protocol

from schemas.reasons import Guess

BYTE_ORDER_MARK: Final = "\ufeff"
"""Byte order mark; some tools put it before the first line."""


class Row(NamedTuple):
    """What is sent for a line.

    Attributes:
        id: the record's own; None = the line is no whole record and gets a key of the file.
        value: the record, or the line as it stands, so that intake quarantines it.
        doubt: what was guessed of it.
    """

    id: str | None
    value: bytes
    doubt: Guess | None = None


class Rows(Protocol):
    """The lines of one file, read twice in the same order."""

    def count(self, text: str, *, ended: bool) -> None:
        """Take in a line that is text, at the first reading.

        Args:
            text: a physical line behind the one that the file was opened by, without its end.
            ended: it had an end; the last line of a file may have been cut.
        """

    def row(self, raw: bytes, *, ended: bool) -> Row | None:
        """Return what is sent for a line, at the second reading; None = it is a header.

        Args:
            raw: a physical line without its end and without a byte order mark.
            ended: it had an end.
        """


class Format(Protocol):
    """A kind of file.

    Attributes:
        says: how a person recognises it, after "it has to be".
    """

    says: str

    def named(self, name: str) -> Rows | None:
        """Return the rows of a file by its name alone; None = the name does not tell.

        Args:
            name: in lower case, without the ending of a packed file.
        """

    def opened(self, line: str) -> Rows | None:
        """Return the rows of a file by its first line; None = it is of another format.

        Args:
            line: the first one that is neither blank nor one that another format skips.
        """
