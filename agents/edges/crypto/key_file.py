"""The key file on the disk: read as a whole, replaced as a whole, readable by its owner alone.

JSON with the master key and the ledger's secret. While a master key is being replaced its
successor stands beside it, so that a crash leaves a file that opens either state of `keys.v1`.
Files of older releases (version 1) also hold the wrapped data key of each month; they are read,
and the month keys go to `keys.v1` (`agents.edges.crypto.ledger_keys`).
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from agents.errors import UserError
from agents.process.atomic_file import replaceable, write_whole
from schemas.identity.ids import keyed_hash

KEY_BYTES: Final = 32
"""AES-256, and as much for the ledger's secret."""

FILE_BYTES_MAX: Final = 1_048_576
"""A file with the months of a thousand years has 200 KB; a larger one is another file."""

_MOUNTED: Final = 0o440
"""What Kubernetes makes of a Secret's file under an fsGroup, and systemd of a credential."""

FileStamp: TypeAlias = tuple[int, int]
"""Tells one state of the file from another: inode and modification time."""


class KeyFault(StrEnum):
    """Why a key file cannot be used."""

    MISSING = "no key file; make one with `hostwatch keys create`"
    EXISTS = "a key file is there already; it is never overwritten"
    UNREADABLE = "the key file is damaged or cannot be read"
    UNWRITABLE = "the key file cannot be written"
    EXPOSED = (
        "others than its owner can read the key file: think about who did, then chmod 600 it,"
        " owned by the user that runs hostwatch or by root"
    )
    FOREIGN = (
        "the key file is not the one this ledger was made with: put that one in its place, or"
        " name another kafka.topic_prefix for a new ledger"
    )
    UNPROVEN = (
        "nothing in the ledger shows that this key file is its own: put the right one in its place,"
        " or run `hostwatch keys bind --unproven` if you know that it is; if keys.v1 lost its"
        " records, `hostwatch keys restore` puts an export back first"
    )
    UNBOUND = (
        "the ledger names no key file yet: run `hostwatch keys bind` once where the key file lies"
    )
    OUTDATED = (
        "the master key was replaced: put the newest key file in this one's place, on every host"
    )
    UNAGREED = "other processes kept writing to keys.v1; run the same command again"
    DAMAGED = "a month key in keys.v1 cannot be unwrapped: put keys.v1 back from a backup"


class KeyFileError(UserError):
    """The key file cannot be used.

    Attributes:
        fault: why, from the closed list.
    """

    def __init__(self, fault: KeyFault) -> None:
        """Keep the fault."""
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        """Return the fault alone."""
        return self.fault.value


class KeyFile(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What the file holds.

    Attributes:
        v: version of the layout; 1 had `months`.
        master: wraps the data keys.
        secret: the ledger's, for keyed hashes.
        successor: takes the master key's place while that is being replaced.
        months: of an older release: nonce and wrapped data key by `yyyymm`; None = destroyed.
    """

    v: int
    master: bytes
    secret: bytes
    successor: bytes | None = None
    months: dict[str, bytes | None] = {}

    def __repr__(self) -> str:
        """Show no key."""
        return "KeyFile(<sensitive>)"

    @property
    def masters(self) -> dict[str, bytes]:
        """Return the master keys by their names."""
        keys = (self.master,) if self.successor is None else (self.master, self.successor)
        return {name_of(key): key for key in keys}

    @property
    def fingerprint(self) -> str:
        """Return what a ledger keeps of its secret, so that another one is refused."""
        return keyed_hash(self.secret, "ledger", "")


def name_of(master: bytes) -> str:
    """Return the name of a master key: a keyed hash that tells nothing of it, 16 hex characters."""
    return keyed_hash(master, "master", "")[:16]


def stamp_of(file: Path) -> FileStamp:
    """Return the stamp of the file as it is now.

    Raises:
        KeyFileError: it is missing.
    """
    try:
        return _stamp(file.stat())
    except OSError:
        raise KeyFileError(KeyFault.MISSING) from None


def _stamp(found: os.stat_result) -> FileStamp:
    return found.st_ino, found.st_mtime_ns


def is_exposed(found: os.stat_result) -> bool:
    """Return whether others than the owner, who is this user or root, may read or write a file.

    A file that is mounted as a secret belongs to root, and a group of this process may read it.

    Args:
        found: of the file.
    """
    me = os.geteuid()
    if found.st_uid not in (me, 0) and me != 0:
        return True
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077 == 0:
        return False
    groups = {0, os.getegid(), *os.getgroups()}
    return not (mode == _MOUNTED and found.st_uid == 0 and found.st_gid in groups)


def read(file: Path) -> tuple[KeyFile, FileStamp]:
    """Return what the file holds, and its stamp.

    Raises:
        KeyFileError: it is missing or damaged, or others may read it.
    """
    try:
        with file.open("rb") as handle:
            found = os.fstat(handle.fileno())
            raw = handle.read(FILE_BYTES_MAX)
    except FileNotFoundError:
        raise KeyFileError(KeyFault.MISSING) from None
    except OSError:
        raise KeyFileError(KeyFault.UNREADABLE) from None
    if is_exposed(found):
        raise KeyFileError(KeyFault.EXPOSED)
    content = _decoded(raw)
    if content is not None:
        return content, _stamp(found)
    if stamp_of(file) != _stamp(found):  # it was replaced, and what it held overwritten
        return read(file)
    raise KeyFileError(KeyFault.UNREADABLE)


def _decoded(raw: bytes) -> KeyFile | None:
    try:
        content = msgspec.json.decode(raw, type=KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    keys = (content.master, content.secret, content.successor or content.master)
    sound = content.v in (1, 2) and all(len(key) == KEY_BYTES for key in keys)
    return content if sound else None


def write(file: Path, content: KeyFile) -> None:
    """Replace the file as a whole: a crash leaves the old one or the new one, on the disk.

    What the old file held is overwritten afterwards, as far as the disk lets a program do that.
    """
    raw = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
    with _before(file) as old:
        write_whole(file, raw)
        if old is not None:
            os.pwrite(old, bytes(os.fstat(old).st_size), 0)
            os.fsync(old)


@contextmanager
def _before(file: Path) -> Iterator[int | None]:
    """Give the file that is about to be replaced, if it is there and has no other name.

    What is no regular file is written in place instead, and what is written is to stay.
    """
    if not replaceable(file.resolve()):
        yield None
        return
    try:
        handle = os.open(file, os.O_WRONLY)
    except OSError:
        yield None
        return
    try:
        yield handle if os.fstat(handle).st_nlink == 1 else None
    finally:
        os.close(handle)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep other processes from replacing the file meanwhile."""
    handle = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
