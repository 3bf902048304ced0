"""What a sealed text is, and one month's data key that makes and opens it.

A sealed text is base64url, without padding, of: version (1 byte), month as yyyymm (3 bytes),
nonce (12 random bytes), AES-256-GCM ciphertext with its 16-byte tag. Random nonces allow 2^32
seals under one key (NIST SP 800-38D 8.3), which is 1,600 a second for a whole month.

Version 2 pads what it seals to a multiple of 64 bytes (a byte 0x80, then zeros: ISO/IEC 7816-4),
so that its length says little. It authenticates version, month and where the text belongs
(`schemas.seal_context`). Version 1 did neither and is read only.
"""

import binascii
import os
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.seal_context import SealContext

NONCE_BYTES: Final = 12

PADDED_BYTES: Final = 64
"""Most URLs and all addresses take one or two of these blocks, so lengths tell few apart."""

_UNBOUND: Final = 1
_VERSION: Final = 2
_VERSIONS: Final = (_UNBOUND, _VERSION)
_MARK: Final = b"\x80"
_LAST_OF_BLOCK: Final = PADDED_BYTES - 1  # a power of two, so these are the low bits
_HEAD_BYTES: Final = 4
_HEAD_TEXT: Final = 6  # characters that hold the head, and four bits of the nonce
_HEAD_REST: Final = b"AA"  # makes whole bytes of them
_BODY_AT: Final = _HEAD_BYTES + NONCE_BYTES
_SHORTEST: Final = _BODY_AT + 16
_SHORTEST_TEXT: Final = 43  # characters of 32 bytes
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")  # RFC 4648, section 5
_PADDING: Final = (b"", b"===", b"==", b"=")  # by the length's rest of 4; no text has a rest of 1


NONCES: Final = 256
"""Nonces drawn from the kernel at once: one call for one nonce is a quarter of a seal."""

_drawn: Final[list[bytes]] = []
os.register_at_fork(after_in_child=_drawn.clear)  # parent and child must not seal with the same


def _nonce() -> bytes:
    """Return a random nonce that no other call returns, in whatever thread."""
    try:
        return _drawn.pop()
    except IndexError:
        fresh = os.urandom(NONCES * NONCE_BYTES)
        made = [fresh[at : at + NONCE_BYTES] for at in range(0, len(fresh), NONCE_BYTES)]
        one = made.pop()
        _drawn.extend(made)
        return one


HEADS_KEPT: Final = 1_024
"""Beginnings of sealed texts whose month is remembered: 16 a month, so of five years."""


class NoKey(Exception):
    """There is no data key of the month to seal or open with."""


class KeyGone(NoKey):
    """The month's data key was destroyed, or never was in this ledger."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("key gone")


class KeyNotLoaded(NoKey):
    """The process does not hold the month's data key; `keys.v1` may."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("key not held")


class NotSealed(Exception):
    """The text was not sealed by this file and for this place, or was changed since."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("not sealed")


class MonthKey:
    """A month's data key, unwrapped.

    Args:
        month: as the number yyyymm.
        key: 32 bytes.
    """

    __slots__ = ("_cipher", "_head")

    def __init__(self, month: int, key: bytes) -> None:
        """Make the cipher once; it serves all texts of the month."""
        self._cipher = AESGCM(key)
        self._head = bytes([_VERSION]) + month.to_bytes(_HEAD_BYTES - 1, "big")

    def seal(self, raw: bytes, bound: SealContext) -> str:
        """Seal bytes; the same bytes seal differently.

        Args:
            raw: what is to be kept secret.
            bound: where it belongs.
        """
        return self.seal_with_nonce(raw, bound, _nonce())

    def seal_with_nonce(self, raw: bytes, bound: SealContext, nonce: bytes) -> str:
        """Seal bytes with a nonce with which this key seals nothing else.

        Args:
            raw: what is to be kept secret.
            bound: where it belongs.
            nonce: of `NONCE_BYTES`.
        """
        head = self._head
        padded = (raw + _MARK).ljust((len(raw) | _LAST_OF_BLOCK) + 1, b"\x00")
        sealed = head + nonce + self._cipher.encrypt(nonce, padded, head + bound)
        text = binascii.b2a_base64(sealed, newline=False).translate(_URL_SAFE)
        return text.rstrip(b"=").decode()  # to have `translate` leave them out takes far longer

    def open(self, sealed: bytes, bound: SealContext) -> bytes:
        """Open what `seal` made and `taken_apart` took apart.

        Args:
            sealed: the bytes of the sealed text.
            bound: where it stood; of version 1, which is bound to nothing, it is passed over.

        Raises:
            NotSealed: it was not made with this key and for this place, or was changed.
        """
        head, nonce, body = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES:_BODY_AT], sealed[_BODY_AT:]
        unbound = head[0] == _UNBOUND
        try:
            raw = self._cipher.decrypt(nonce, body, head if unbound else head + bound)
        except InvalidTag:
            raise NotSealed from None
        return raw if unbound else raw.rstrip(b"\x00")[: -len(_MARK)]


def month_of(sealed: str) -> int:
    """Return the month (yyyymm) under whose key a text was sealed, without reading the rest.

    Raises:
        NotSealed: it cannot be a sealed text of a version that is known.
    """
    if len(sealed) < _SHORTEST_TEXT:
        raise NotSealed
    return _month_in(sealed[:_HEAD_TEXT])


@lru_cache(maxsize=HEADS_KEPT)
def _month_in(head: str) -> int:
    """Return the month that the beginning of a sealed text says."""
    try:
        raw = binascii.a2b_base64(head.encode("ascii").translate(_STANDARD) + _HEAD_REST)
    except (binascii.Error, UnicodeEncodeError):
        raise NotSealed from None
    if len(raw) < _HEAD_BYTES or raw[0] not in _VERSIONS:
        raise NotSealed
    return int.from_bytes(raw[1:_HEAD_BYTES], "big")


def taken_apart(sealed: str) -> tuple[int, bytes]:
    """Return the month under whose key a text was sealed, and its bytes.

    Raises:
        NotSealed: it is no sealed text of a version that is known.
    """
    try:
        text = sealed.encode("ascii").translate(_STANDARD) + _PADDING[len(sealed) % 4]
        raw = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise NotSealed from None
    if len(raw) < _SHORTEST or raw[0] not in _VERSIONS:
        raise NotSealed
    return int.from_bytes(raw[1:_HEAD_BYTES], "big"), raw
