"""The key file on the disk: read as a whole, replaced as a whole, shared by processes.

JSON with the master key, the ledger's secret and the wrapped data key of each month; null for a
month whose key was destroyed, so that it is never made anew.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from agents.errors import UserError

KEY_BYTES: Final = 32
"""AES-256, and as much for the ledger's secret."""

Stamp: TypeAlias = tuple[int, int]
"""Tells one state of the file from another: inode and modification time."""


class KeyFault(StrEnum):
    """Why a key file cannot be used."""

    MISSING = "no key file; make one with `hostwatch keys create`"
    EXISTS = "a key file is there already; it is never overwritten"
    UNREADABLE = "the key file is damaged or cannot be read"
    UNWRITABLE = "the key file cannot be written"


class KeyFileError(UserError):
    """The key file cannot be used.

    Attributes:
        fault: why, from the closed list.
    """

    def __init__(self, fault: KeyFault) -> None:
        """Keep the fault; the message holds nothing else."""
        super().__init__(fault.value)
        self.fault = fault


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        v: version of the layout, 1.
        master: wraps the data keys.
        secret: the ledger's, for keyed hashes.
        months: nonce and wrapped data key by `yyyymm`; None = destroyed.
    """

    v: int
    master: bytes
    secret: bytes
    months: dict[str, bytes | None]

    def __repr__(self) -> str:
        """Show no key."""
        return "KeyFile(<sensitive>)"


def stamp_of(file: Path) -> Stamp:
    """Return the stamp of the file as it is now.

    Raises:
        KeyFileError: it is missing.
    """
    try:
        return _stamp(file.stat())
    except OSError:
        raise KeyFileError(KeyFault.MISSING) from None


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_ino, stat.st_mtime_ns


def read(file: Path) -> tuple[KeyFile, Stamp]:
    """Return what the file holds, and its stamp.

    Raises:
        KeyFileError: it is missing or damaged.
    """
    try:
        with file.open("rb") as handle:
            stamp = _stamp(os.fstat(handle.fileno()))
            content = msgspec.json.decode(handle.read(), type=KeyFile)
    except FileNotFoundError:
        raise KeyFileError(KeyFault.MISSING) from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise KeyFileError(KeyFault.UNREADABLE) from None
    if content.v != 1 or len(content.master) != KEY_BYTES or len(content.secret) != KEY_BYTES:
        raise KeyFileError(KeyFault.UNREADABLE)
    return content, stamp


def write(file: Path, content: KeyFile) -> None:
    """Replace the file as a whole: a crash leaves the old one or the new one, on the disk."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)  # of a process that crashed; whatever mode it had
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep other processes from replacing the file meanwhile; held for milliseconds."""
    handle = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
