"""The keys by which hotlines come in over HTTP: a file of digests, one line a key.

A key is 32 random bytes, so a plain digest of it is as safe as a slow one. The file is checked at
each request, and read again when it has changed: a key that was revoked lets nobody in from the
next request on, nor does one that has expired. A file that is gone, or half written, changes
nothing: the keys that were read last hold.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from agents.clock import Clock
from agents.errors import UserError
from agents.process.log import log
from schemas.moments import Instant, instant, rfc3339
from schemas.records.reports import HotlineId

KEY_BYTES: Final = 32
ID_DIGITS: Final = 8
"""Of a key's id, hexadecimal; those of its digest where the line names none."""

FILE_BYTES_MAX: Final = 1_048_576
"""Some seven thousand keys."""

_COMMENT: Final = "#"
_SANDBOX: Final = "sandbox"
_UNREADABLE: Final = "intake.keys_file cannot be read"
_MACHINE_CLOCK: Final = Clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is known of a key; the key itself is known to its hotline alone.

    Attributes:
        id: names the key.
        hotline: whose it is.
        digest: SHA-256 of the key, 64 hexadecimal digits.
        expires_at: when it ends; None = never.
        revoked_at: when it was revoked; None = it was not.
        sandbox: records that come with it are judged and answered, and written nowhere.
    """

    id: str
    hotline: HotlineId
    digest: str = field(repr=False)
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    sandbox: bool = False

    def holds(self, now: Instant) -> bool:
        """Return whether the key lets its hotline in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def line(self) -> str:
        """Return the key's line of the file."""
        words = [self.hotline, self.digest, f"id={self.id}"]
        words += [f"expires={rfc3339(self.expires_at)}"] if self.expires_at is not None else []
        words += [f"revoked={rfc3339(self.revoked_at)}"] if self.revoked_at is not None else []
        return " ".join(words + [_SANDBOX] * self.sandbox)


def new_key() -> str:
    """Return a fresh key, 43 characters of the URL-safe alphabet."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    """Return what the file has of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_line(hotline: HotlineId, key: str) -> str:
    """Return the line of a key that never expires; it holds the key's digest alone."""
    digest = digest_of(key)
    return ApiKey(id=digest[:ID_DIGITS], hotline=hotline, digest=digest).line()


def read_keys(file: Path) -> list[ApiKey]:
    """Return the keys of a file, in the order of its lines.

    Args:
        file: a line has a hotline's id, the key's digest and, in any order, `id=`, `expires=` and
            `revoked=` with a time, and `sandbox`; `#` begins a comment.

    Raises:
        UserError: the file cannot be read, or a line of it is none.
    """
    try:
        with file.open(encoding="ascii") as opened:
            text = opened.read(FILE_BYTES_MAX + 1)
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{_UNREADABLE}: make one with `hostwatch intake key create`") from None
    if len(text) > FILE_BYTES_MAX:
        raise UserError(f"intake.keys_file is larger than {FILE_BYTES_MAX} bytes")
    found = (_key(number, line) for number, line in enumerate(text.splitlines(), 1))
    return [key for key in found if key is not None]


def _key(number: int, line: str) -> ApiKey | None:
    words = line.partition(_COMMENT)[0].split()
    if not words:
        return None
    try:
        return _parsed(words)
    except ValueError:
        raise UserError(
            f"intake.keys_file, line {number}: not an id and a digest of a key, or a word behind"
            " them is none"
        ) from None


def _parsed(words: Sequence[str]) -> ApiKey:
    hotline, digest, *rest = words
    said = dict(word.split("=", 1) for word in rest if word != _SANDBOX)
    times = {name: instant(datetime.fromisoformat(said.pop(name))) for name in _times(said)}
    id = said.pop("id", digest[:ID_DIGITS].lower())
    if said or not id or len(bytes.fromhex(digest)) != KEY_BYTES:
        raise ValueError
    return ApiKey(
        id=id,
        hotline=hotline,
        digest=digest.lower(),
        expires_at=times.get("expires"),
        revoked_at=times.get("revoked"),
        sandbox=_SANDBOX in rest,
    )


def _times(said: Mapping[str, str]) -> list[str]:
    return [name for name in ("expires", "revoked") if name in said]


@dataclass(slots=True)
class ApiKeys:
    """The keys of a file, and whose each is.

    Args:
        file: see `read_keys`.
        now: tells the instant, by the machine's clock.

    Attributes:
        current: the keys are those of the file; false = it cannot be read, and the last ones hold.
    """

    file: Path
    now: Callable[[], Instant] = _MACHINE_CLOCK.now
    current: bool = True
    _stamp: tuple[int, ...] = ()
    _keys: dict[str, ApiKey] = field(default_factory=dict, repr=False)

    def find(self, key: str) -> ApiKey | None:
        """Return what is known of a key that holds; None = it lets nobody in."""
        return self.holding(digest_of(key)) if key.isascii() else None

    def holding(self, digest: str) -> ApiKey | None:
        """Return the key of a digest while it holds; None = it does not, or there is none."""
        self._refresh()
        found = self._keys.get(digest)
        return found if found is not None and found.holds(self.now()) else None

    def load(self) -> None:
        """Read the file for the first time.

        Raises:
            UserError: the file cannot be read, or a line of it is none.
        """
        self._read()

    def ends(self) -> dict[HotlineId, Instant]:
        """Return when the last key of each hotline expires, by the file as it was read last."""
        return ends_of(self._keys.values())

    def _refresh(self) -> None:
        try:
            if self._stamped() == self._stamp and self.current:
                return
            self._read()
        except (OSError, UserError) as error:
            if self.current:
                why = str(error) if isinstance(error, UserError) else _UNREADABLE
                log("intake").error(f"{why}; the last keys hold")
            self.current = False
        else:
            self.current = True

    def _stamped(self) -> tuple[int, ...]:
        stat = self.file.stat()
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def _read(self) -> None:
        try:
            stamp = self._stamped()  # before the reading: a change after it is read next time
        except OSError:
            stamp = ()
        self._keys = {key.digest: key for key in read_keys(self.file)}
        self._stamp = stamp


def ends_of(keys: Iterable[ApiKey]) -> dict[HotlineId, Instant]:
    """Return when the last key of each hotline expires or expired.

    Revoked keys and those of the sandbox do not count. A hotline with a key that never expires is
    left out.
    """
    found: defaultdict[HotlineId, list[Instant | None]] = defaultdict(list)
    for key in keys:
        if key.revoked_at is None and not key.sandbox:
            found[key.hotline].append(key.expires_at)
    return {
        hotline: max(end for end in ends if end is not None)
        for hotline, ends in found.items()
        if None not in ends
    }
