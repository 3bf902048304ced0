"""Where a hotline has read its changes up to: opaque to it, and kept by nobody but itself.

A cursor names the next offset of each partition of the hotline's topic. So it is good for as long
as the broker keeps the records: over restarts of the intake, and at any other intake.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from schemas.records.reports import HotlineId

CURSOR_LENGTH_MAX: Final = 1_024
"""Characters; one of 12 partitions has some 130."""

_LOG_BYTES: Final = 8
_Offset = Annotated[int, Meta(ge=0)]


class Cursor(Struct, frozen=True, array_like=True):
    """A place in the changes of a hotline.

    Attributes:
        hotline: whose.
        log: which topic of that name, of those that were made one after another.
        offsets: the next offset by partition; one that is not named is begun at its beginning.
    """

    hotline: HotlineId
    log: bytes
    offsets: dict[_Offset, _Offset]


_DECODER: Final = msgspec.msgpack.Decoder(Cursor)


class BadCursor(Exception):
    """It is none that was given to this hotline."""


def log_of(identity: str) -> bytes:
    """Return what stands in a cursor for a topic's identity at the broker."""
    return blake2b(identity.encode(), digest_size=_LOG_BYTES).digest()


def cursor_text(hotline: HotlineId, log: bytes, offsets: Mapping[int, int]) -> str:
    """Return a cursor as it is given to a hotline.

    Args:
        hotline: whose.
        log: see `log_of`.
        offsets: the next offset by partition.
    """
    raw = msgspec.msgpack.encode(Cursor(hotline, log, dict(sorted(offsets.items()))))
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_cursor(text: str, hotline: HotlineId) -> Cursor:
    """Return what a cursor says.

    Args:
        text: as a hotline sent it.
        hotline: which.

    Raises:
        BadCursor: it was not given to this hotline, or was changed.
    """
    if len(text) > CURSOR_LENGTH_MAX or not text.isascii():
        raise BadCursor
    try:
        cursor = _DECODER.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (Error, msgspec.DecodeError):
        raise BadCursor from None
    if cursor.hotline != hotline:
        raise BadCursor
    return cursor
