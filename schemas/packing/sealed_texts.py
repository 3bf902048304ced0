"""Sealed texts and keyed hashes in the packed form of a state: as the bytes they were made from.

They are most of a state and cannot be deflated. One stands as a kind (1 byte) and what follows:
0 = UTF-8, 1 = the bytes that the text writes in lower-case hexadecimal, 2 = the bytes that it
writes in base64url without padding (RFC 4648 5).
"""

import binascii
from typing import Final

_HEX_MIN: Final = 16
"""Shorter texts are words."""

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
"""To RFC 4648 4; what the text may not hold becomes what no base64 has."""


def to_bytes(text: str) -> bytes:
    """Return a text in the shortest kind that gives it back."""
    if len(text) >= _HEX_MIN:
        raw = _from_hex(text) if text.isalnum() else None  # a sealed text seldom is
        if raw is not None and raw.hex() == text:
            return b"\1" + raw
        raw = _from_base64(text)
        if raw is not None:
            return b"\2" + raw
    return b"\0" + text.encode()


def to_text(held: bytes) -> str:
    """Return the text.

    Raises:
        ValueError: it is none.
    """
    kind, raw = held[:1], held[1:]
    if kind == b"\1":
        return raw.hex()
    if kind == b"\2":
        return _base64(raw)
    if kind == b"\0":
        return raw.decode()
    raise ValueError("no such kind of text")


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _from_base64(text: str) -> bytes | None:
    rest = -len(text) % 4
    padded = text.encode().translate(_STANDARD) + b"=" * rest
    try:
        raw = binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        return None
    # the decoder passes over bits behind the last byte
    return raw if not rest or binascii.b2a_base64(raw, newline=False) == padded else None


def _base64(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()
