"""The keys by which hotlines come in over HTTP: a file of digests, one line a key.

A key is 32 random bytes, so a plain digest of it is as safe as a slow one. The file is read again
when it changes: a key that was taken out lets nobody in from the next request on.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agents.errors import UserError
from schemas.ledger import HotlineId

KEY_BYTES: Final = 32
FILE_BYTES_MAX: Final = 1_048_576
"""Some ten thousand keys."""

_COMMENT: Final = "#"


def new_key() -> str:
    """Return a fresh key, 43 characters of the URL-safe alphabet."""
    return secrets.token_urlsafe(KEY_BYTES)


def line_of(hotline: HotlineId, key: str) -> str:
    """Return the line that lets a key in, without the key."""
    return f"{hotline} {_digest(key)}"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class Passes:
    """Who a key lets in.

    Args:
        file: lines of a hotline's id and a key's SHA-256 in hex; `#` begins a comment.
    """

    file: Path
    _stamp: tuple[int, int] = (0, 0)
    _hotlines: dict[str, HotlineId] = field(default_factory=dict, repr=False)

    def hotline(self, key: str) -> HotlineId | None:
        """Return whose key it is; None = nobody's.

        Raises:
            UserError: the file cannot be read, or a line of it is none.
        """
        self._refresh()
        return self._hotlines.get(_digest(key))

    def hotlines(self) -> frozenset[HotlineId]:
        """Return all that have a key."""
        self._refresh()
        return frozenset(self._hotlines.values())

    def _refresh(self) -> None:
        try:
            stat = self.file.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns)
            if stamp == self._stamp:
                return
            with self.file.open(encoding="ascii") as opened:
                text = opened.read(FILE_BYTES_MAX + 1)
        except (OSError, UnicodeDecodeError):
            raise UserError(
                "intake.keys_file cannot be read: make one with `hostwatch intake key`"
            ) from None
        self._hotlines = _parsed(text)
        self._stamp = stamp


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
