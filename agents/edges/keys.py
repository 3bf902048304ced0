"""The key file: seals what must stay secret, and names URLs by keyed hashes.

The file holds a master key, the ledger's secret and one data key per month, wrapped by the
master key. Destroying a month's data key ends what was sealed in that month and touches nothing
else: hashes come from the ledger's secret, which is fixed for the life of a ledger. A destroyed
month stands in the file as null, so that it is never made anew.

What a sealed text is stands in `agents.edges.sealing`.
"""

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
from agents.edges.sealing import NONCE_BYTES, MonthKey, NotSealed, taken_apart
from schemas.bound import Bound
from schemas.ids import CanonicalUrl, KeyedHash
from schemas.moments import Instant, moment
from schemas.sensitive import Sensitive

CHECK_EVERY_S: Final = 1.0
"""A process uses a key that was destroyed for this long at most; a look costs half a seal."""

_DAY_MS: Final = 86_400_000


class KeyGone(Exception):
    """The month's data key was destroyed, or never was in this file."""

    def __init__(self) -> None:
        """Say only that."""
        super().__init__("key gone")


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
    _keys: dict[int, MonthKey] = field(default_factory=dict, repr=False)
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

    def seal(self, text: str, at: Instant, bound: Bound) -> str:
        """Seal a text under the data key of the month of `at`; the same text seals differently.

        Args:
            text: what is to be kept secret.
            at: the instant from which retention runs; only its month counts.
            bound: where it belongs; it opens nowhere else.

        Raises:
            KeyGone: that month's key was destroyed.
            KeyFileError: the month is new and its key cannot be written.
        """
        return self.seal_bytes(text.encode(), at, bound)

    def seal_bytes(self, raw: bytes, at: Instant, bound: Bound) -> str:
        """Seal bytes that need not be a text; raises what `seal` raises."""
        return self._key(self._month(at), make=True).seal(raw, bound)

    def open(self, sealed: str, bound: Bound) -> Sensitive[str]:
        """Open what `seal` made.

        Args:
            sealed: the sealed text.
            bound: where it was sealed for, not where it was passed on to.

        Raises:
            KeyGone: the month's key was destroyed.
            NotSealed: it was not sealed by this file and for this place, or was changed.
        """
        try:
            return Sensitive(self._opened(sealed, bound).decode())
        except UnicodeDecodeError:
            raise NotSealed from None

    def open_bytes(self, sealed: str, bound: Bound) -> Sensitive[bytes]:
        """Open what `seal_bytes` made; raises what `open` raises."""
        return Sensitive(self._opened(sealed, bound))

    def _opened(self, sealed: str, bound: Bound) -> bytes:
        month, raw = taken_apart(sealed)
        return self._key(month, make=False).open(raw, bound)

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

    def _key(self, month: int, *, make: bool) -> MonthKey:
        now_s = time.monotonic()
        if now_s >= self._checked_s + CHECK_EVERY_S:
            self._checked_s = now_s
            self._refresh()
        return self._keys.get(month) or self._unwrapped(month, make=make)

    def _unwrapped(self, month: int, *, make: bool) -> MonthKey:
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
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode()
            )
        except (InvalidTag, ValueError):
            raise KeyFileError(KeyFault.UNREADABLE) from None
        made = self._keys[month] = MonthKey(month, key)
        return made

    def _refresh(self) -> None:
        """Read the file again, and forget its data keys, if another process has replaced it."""
        if stamp_of(self.file) != self._stamp:
            self._read()

    def _read(self) -> None:
        self._content, self._stamp = read(self.file)
        self._keys.clear()

    def _make(self, name: str) -> None:
        """Write a new month's key before anything is sealed with it."""
        try:
            with locked(self.file):
                content, _ = read(self.file)
                if name not in content.months:
                    nonce = os.urandom(NONCE_BYTES)
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
