"""The head of a response, read by llhttp under our own caps; no body byte is ever handed on.

The grammar is llhttp's. It is told to overlook framing faults (a length beside chunks, data after
the end, bare line feeds): no body is read and no connection is used twice, so framing cannot
mislead us, and a browser shows such pages.
"""

from typing import Final

import httptools
import msgspec

INTERIM_MAX: Final = 3
"""Servers send one 100 or 103, some two; an endless row of them keeps a reader busy for ever."""

_VERSIONS: Final = frozenset({"1.0", "1.1"})
_SWITCHING: Final = 101  # never asked for


class Malformed(Exception):
    """What came is no HTTP response; the message holds none of it."""


class Head(msgspec.Struct, frozen=True, gc=False):
    """Status and fields of a final response.

    Attributes:
        status: 200 to 999.
        fields: names and values as they came.
    """

    status: int
    fields: tuple[tuple[bytes, bytes], ...]

    def __repr__(self) -> str:
        """Show no field."""
        return f"Head(status={self.status})"


class HeadReader:
    """Takes bytes until the head of the final response is complete.

    Attributes:
        head: the head, once it is complete.
    """

    def __init__(self) -> None:
        """Expect the first byte."""
        self.head: Head | None = None
        self._fields: list[tuple[bytes, bytes]] = []
        self._interim = 0
        self._refused = False
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(
            lenient_chunked_length=True,
            lenient_keep_alive=True,
            lenient_transfer_encoding=True,
            lenient_data_after_close=True,
            lenient_optional_lf_after_cr=True,
            lenient_optional_cr_before_lf=True,
        )

    def feed(self, data: bytes) -> None:
        """Take the next bytes; what follows a complete head is dropped unread.

        Raises:
            Malformed: no HTTP response, a version but 1.0 and 1.1, or too many interim ones.
        """
        if self.head is not None or self._parser is None:
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self.head is None:
                raise Malformed from None
        if self._refused:
            raise Malformed

    def close(self) -> None:
        """Let go of the parser; it and the reader hold each other."""
        self._parser = None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field; called by the parser, for trailers too."""
        if self.head is None:
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        """Take the head, or wait for the next one after an interim response."""
        if self.head is not None or self._refused or self._parser is None:
            return
        status = self._parser.get_status_code()
        if self._parser.get_http_version() not in _VERSIONS or status < 100:
            self._refused = True
        elif status >= 200:
            self.head = Head(status, tuple(self._fields))
        else:
            self._interim += 1
            self._refused = status == _SWITCHING or self._interim > INTERIM_MAX
            self._fields.clear()
