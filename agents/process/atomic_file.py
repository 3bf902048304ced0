"""Replaces small files as a whole: whoever reads one finds the old content or the new one.

A device or a pipe is written to in place: a file that took the place of `/dev/null` would take it
from every program of the machine.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, content: bytes, *, keeps_owner: bool = False) -> None:
    """Write a file; a crash leaves the old one or the new one, on the disk.

    Only its owner may read it, unless owner and mode of the old one are kept. A symbolic link
    stays, and what it names is written. What is no regular file stays what it is and is written
    to; a pipe waits for its reader.

    Args:
        file: may be missing; its folder may not.
        content: all of it.
        keeps_owner: a file that is there keeps its mode, and its owner if this user may give it.

    Raises:
        OSError: it cannot be written.
    """
    place = file.resolve()
    if not replaceable(place):
        with place.open("wb", buffering=0) as out:
            out.write(content)
        return
    before = place.stat() if keeps_owner and place.exists() else None
    fresh = place.with_name(f"{place.name}.new")
    fresh.unlink(missing_ok=True)  # of a process that crashed; whatever mode it had
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        if before:
            os.fchmod(out.fileno(), stat.S_IMODE(before.st_mode))
            with suppress(PermissionError):  # only root may give a file away
                os.fchown(out.fileno(), before.st_uid, before.st_gid)
        os.fsync(out.fileno())
    fresh.replace(place)
    _sync(place.parent)


def replaceable(file: Path) -> bool:
    """Say whether a regular file stands there, or nothing; not a link, device, pipe or folder.

    Raises:
        OSError: it cannot be checked.
    """
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
