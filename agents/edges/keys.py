"""The key file: seals what must stay secret, and names URLs by keyed hashes.

The file holds a master key, the ledger's secret and one data key per month, wrapped by the
master key. Destroying a month's data key ends what was sealed in that month and touches nothing
else: hashes come from the ledger's secret, which is fixed for the life of a ledger. A destroyed
month stands in the file as null, so that it is never made anew.

A sealed text is base64url, without padding, of: version (1 byte), month as yyyymm (3 bytes),
nonce (12 random bytes), AES-256-GCM ciphertext with its 16-byte tag. Version and month are
authenticated with it. Random nonces allow 2^32 seals under one key (NIST SP 800-38D 8.3), which
is 1,600 a second for a whole month.
"""

import binascii
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agents.edges.keyfile import (
    KEY_BYTES,
    KeyFault,
    KeyFile,
    KeyFileError,
    Stamp,
    locked,
    read,
    stamp_of,
    write,
)
from schemas.ids import CanonicalUrl, KeyedHash
from schemas.moments import Instant, moment
from schemas.sensitive import Sensitive

CHECK_EVERY_S: Final = 1.0
"""A process uses a key that was destroyed for this long at most; a look costs half a seal."""

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_HEAD_BYTES: Final = 4
_SHORTEST: Final = _HEAD_BYTES + _NONCE_BYTES + 16
_DAY_MS: Final = 86_400_000
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")  # RFC 4648, section 5


class KeyGone(Exception):
    """The month's data key was destroyed, or never was in this file."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("key gone")


class NotSealed(Exception):
    """The text was not sealed by this file, or was changed since."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("not sealed")


@dataclass(slots=True)
class Keyring:
    """What a process needs of the key file; several processes may share the file.

    Attributes:
        file: where the keys are kept.
    """

    file: Path
    _content: KeyFile = field(repr=False)
    _stamp: Stamp = field(repr=False)
    _hash: KeyedHash = field(init=False, repr=False)
    _ciphers: dict[int, AESGCM] = field(default_factory=dict, repr=False)
    _days: dict[int, int] = field(default_factory=dict, repr=False)
    _checked_s: float = 0.0

    def __post_init__(self) -> None:
        """Make the hash states; the secret never changes for the life of a ledger."""
        self._hash = KeyedHash(self._content.secret)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a key file.

        Raises:
            KeyFileError: it is missing or damaged.
        """
        content, stamp = read(file)
        return cls(file, content, stamp)

    @classmethod
    def create(cls, file: Path) -> Self:
        """Make a key file, readable by its owner only, and its folder if there is none.

        Raises:
            KeyFileError: there is one already, or it cannot be written.
        """
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(file):
                if file.exists():
                    raise KeyFileError(KeyFault.EXISTS)
                write(
                    file,
                    KeyFile(
                        v=1,
                        master=os.urandom(KEY_BYTES),
                        secret=os.urandom(KEY_BYTES),
                        months={},
                    ),
                )
        except OSError:
            raise KeyFileError(KeyFault.UNWRITABLE) from None
        return cls.load(file)

    @property
    def months(self) -> dict[str, bool]:
        """The months (`yyyymm`) of the file; False = its key was destroyed."""
        return {month: key is not None for month, key in sorted(self._content.months.items())}

    def seal(self, text: str, at: Instant) -> str:
        """Seal a text under the data key of the month of `at`; the same text seals differently.

        Args:
            text: what is to be kept secret.
            at: the instant from which retention runs; only its month counts.

        Raises:
            KeyGone: that month's key was destroyed.
            KeyFileError: the month is new and its key cannot be written.
        """
        return self.seal_bytes(text.encode(), at)

    def seal_bytes(self, raw: bytes, at: Instant) -> str:
        """Seal bytes that need not be a text; raises what `seal` raises."""
        month = self._month(at)
        cipher = self._cipher(month, make=True)
        head = _VERSION + month.to_bytes(3, "big")
        nonce = os.urandom(_NONCE_BYTES)
        sealed = head + nonce + cipher.encrypt(nonce, raw, head)
        return binascii.b2a_base64(sealed, newline=False).translate(_URL_SAFE, b"=").decode()

    def open(self, sealed: str) -> Sensitive[str]:
        """Open what `seal` made.

        Raises:
            KeyGone: the month's key was destroyed.
            NotSealed: it was not sealed by this file, or was changed.
        """
        try:
            return Sensitive(self.open_bytes(sealed).reveal().decode())
        except UnicodeDecodeError:
            raise NotSealed from None

    def open_bytes(self, sealed: str) -> Sensitive[bytes]:
        """Open what `seal_bytes` made; raises what `open` raises."""
        try:
            text = sealed.encode("ascii").translate(_STANDARD) + b"=" * (-len(sealed) % 4)
            raw = binascii.a2b_base64(text, strict_mode=True)
        except (binascii.Error, UnicodeEncodeError):
            raise NotSealed from None
        if len(raw) < _SHORTEST or raw[:1] != _VERSION:
            raise NotSealed
        month = int.from_bytes(raw[1:_HEAD_BYTES], "big")
        cipher = self._cipher(month, make=False)
        nonce = raw[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
        try:
            return Sensitive(
                cipher.decrypt(nonce, raw[_HEAD_BYTES + _NONCE_BYTES :], raw[:_HEAD_BYTES])
            )
        except InvalidTag:
            raise NotSealed from None

    def hash(self, purpose: str, text: str) -> str:
        """Return a keyed hash under the ledger's secret; see `schemas.ids.KeyedHash`."""
        return self._hash(purpose, text)

    def url_key(self, url: CanonicalUrl) -> str:
        """Return the only name a URL has outside the sealed field."""
        return self._hash.url_key(url)

    def _month(self, at: Instant) -> int:
        day = at // _DAY_MS
        month = self._days.get(day)
        if month is None:
            when = moment(at)
            month = when.year * 100 + when.month
            self._days[day] = month
        return month

    def _cipher(self, month: int, *, make: bool) -> AESGCM:
        if time.monotonic() >= self._checked_s + CHECK_EVERY_S:
            self._checked_s = time.monotonic()
            self._refresh()
        return self._ciphers.get(month) or self._unwrapped(month, make=make)

    def _unwrapped(self, month: int, *, make: bool) -> AESGCM:
        name = f"{month:06d}"
        if name not in self._content.months:
            self._refresh()
        if name not in self._content.months:
            if not make:
                raise KeyGone
            self._make(name)
        wrapped = self._content.months[name]
        if wrapped is None:
            raise KeyGone
        try:
            key = AESGCM(self._content.master).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name.encode()
            )
        except (InvalidTag, ValueError):
            raise KeyFileError(KeyFault.UNREADABLE) from None
        cipher = self._ciphers[month] = AESGCM(key)
        return cipher

    def _refresh(self) -> None:
        """Read the file again, and forget its data keys, if another process has replaced it."""
        if stamp_of(self.file) != self._stamp:
            self._read()

    def _read(self) -> None:
        self._content, self._stamp = read(self.file)
        self._ciphers.clear()

    def _make(self, name: str) -> None:
        """Write a new month's key before anything is sealed with it."""
        try:
            with locked(self.file):
                content, _ = read(self.file)
                if name not in content.months:
                    nonce = os.urandom(_NONCE_BYTES)
                    wrapped = nonce + AESGCM(content.master).encrypt(
                        nonce, AESGCM.generate_key(bit_length=256), name.encode()
                    )
                    write(
                        self.file,
                        msgspec.structs.replace(content, months={**content.months, name: wrapped}),
                    )
                self._read()
        except OSError:
            raise KeyFileError(KeyFault.UNWRITABLE) from None
