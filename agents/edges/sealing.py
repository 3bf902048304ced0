"""What a sealed text is, and one month's data key that makes and opens it.

A sealed text is base64url, without padding, of: version (1 byte), month as yyyymm (3 bytes),
nonce (12 random bytes), AES-256-GCM ciphertext with its 16-byte tag. Version and month are
authenticated with it. Random nonces allow 2^32 seals under one key (NIST SP 800-38D 8.3), which
is 1,600 a second for a whole month.
"""

import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12

_VERSION: Final = b"\x01"
_HEAD_BYTES: Final = 4
_BODY_AT: Final = _HEAD_BYTES + NONCE_BYTES
_SHORTEST: Final = _BODY_AT + 16
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")  # RFC 4648, section 5
_PADDING: Final = (b"", b"===", b"==", b"=")  # by the length's rest of 4; no text has a rest of 1


class NotSealed(Exception):
    """The text was not sealed by this file, or was changed since."""

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
        self._head = _VERSION + month.to_bytes(_HEAD_BYTES - 1, "big")

    def seal(self, raw: bytes) -> str:
        """Seal bytes; the same bytes seal differently."""
        head, nonce = self._head, os.urandom(NONCE_BYTES)
        sealed = head + nonce + self._cipher.encrypt(nonce, raw, head)
        return binascii.b2a_base64(sealed, newline=False).translate(_URL_SAFE, b"=").decode()

    def open(self, sealed: bytes) -> bytes:
        """Open what `seal` made and `taken_apart` took apart.

        Raises:
            NotSealed: it was not made with this key, or was changed.
        """
        try:
            return self._cipher.decrypt(
                sealed[_HEAD_BYTES:_BODY_AT], sealed[_BODY_AT:], sealed[:_HEAD_BYTES]
            )
        except InvalidTag:
            raise NotSealed from None


def taken_apart(sealed: str) -> tuple[int, bytes]:
    """Return the month under whose key a text was sealed, and its bytes.

    Raises:
        NotSealed: it is no sealed text of this version.
    """
    try:
        text = sealed.encode("ascii").translate(_STANDARD) + _PADDING[len(sealed) % 4]
        raw = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise NotSealed from None
    if len(raw) < _SHORTEST or raw[:1] != _VERSION:
        raise NotSealed
    return int.from_bytes(raw[1:_HEAD_BYTES], "big"), raw
