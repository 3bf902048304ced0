"""Replaces small files as a whole: whoever reads one finds the old content or the new one.

A device or a pipe is written to in place: a file that took the place of `/dev/null` would take it
from every program of the machine.
"""

import os
import stat
from pathlib import Path


def write_whole(file: Path, content: bytes) -> None:
    """Write a file; a crash leaves the old one or the new one, on the disk.

    Only its owner may read it. A symbolic link stays, and what it names is written. What is no
    regular file stays what it is and is written to; a pipe waits for its reader.

    Args:
        file: may be missing; its folder may not.
        content: all of it.

    Raises:
        OSError: it cannot be written.
    """
    place = file.resolve()
    if not replaceable(place):
        with place.open("wb", buffering=0) as out:
            out.write(content)
        return
    fresh = place.with_name(f"{place.name}.new")
    fresh.unlink(missing_ok=True)  # of a process that crashed; whatever mode it had
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
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
