"""The keys by which hotlines come in over HTTP: a file of digests, one line a key.

A key is 32 random bytes, so a plain digest of it is as safe as a slow one. The file is read again
when it changes: a key that was taken out lets nobody in from the next request on. A file that is
gone, or half written, changes nothing: the keys that were read last hold.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.errors import UserError
from agents.process.log import log
from schemas.records.ledger import HotlineId

KEY_BYTES: Final = 32
FILE_BYTES_MAX: Final = 1_048_576
"""Some ten thousand keys."""

_COMMENT: Final = "#"
_UNREADABLE: Final = "intake.keys_file cannot be read"


def new_key() -> str:
    """Return a fresh key, 43 characters of the URL-safe alphabet."""
    return secrets.token_urlsafe(KEY_BYTES)


def key_line(hotline: HotlineId, key: str) -> str:
    """Return the line of the file for a key; it holds the key's digest alone."""
    return f"{hotline} {_digest(key)}"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class ApiKeys:
    """The keys of a file, and whose each is.

    Args:
        file: lines of a hotline's id and a key's SHA-256 in hex; `#` begins a comment.

    Attributes:
        current: the keys are those of the file; false = it cannot be read, and the last ones hold.
    """

    file: Path
    current: bool = True
    _stamp: tuple[int, ...] = ()
    _hotlines: dict[str, HotlineId] = field(default_factory=dict, repr=False)

    def hotline(self, key: str) -> HotlineId | None:
        """Return whose key it is; None = nobody's."""
        self._refresh()
        return self._hotlines.get(_digest(key)) if key.isascii() else None

    def load(self) -> None:
        """Read the file for the first time.

        Raises:
            UserError: the file cannot be read, or a line of it is none.
        """
        self._hotlines, self._stamp = self._read()

    def _refresh(self) -> None:
        try:
            stamp = self._stamped()
            if stamp == self._stamp and self.current:
                return
            self._hotlines, self._stamp = self._read()
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

    def _read(self) -> tuple[dict[str, HotlineId], tuple[int, ...]]:
        try:
            stamp = self._stamped()  # before the reading: a change after it is read next time
            with self.file.open(encoding="ascii") as opened:
                text = opened.read(FILE_BYTES_MAX + 1)
        except (OSError, UnicodeDecodeError):
            raise UserError(f"{_UNREADABLE}: make one with `hostwatch intake key`") from None
        return _parsed(text), stamp


def _parsed(text: str) -> dict[str, HotlineId]:
    if len(text) > FILE_BYTES_MAX:
        raise UserError(f"intake.keys_file is larger than {FILE_BYTES_MAX} bytes")
    found: dict[str, HotlineId] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition(_COMMENT)[0].split()
        if not words:
            continue
        if len(words) != 2 or len(words[1]) != 2 * KEY_BYTES:
            raise UserError(f"intake.keys_file, line {number}: not an id and a digest")
        found[words[1].lower()] = words[0]
    return found
