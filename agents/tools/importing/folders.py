"""Which files a command names, and which come to its folders."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from agents.errors import UserError

PAUSE_S: Final = 1.0
"""A folder is read so often; a file is taken once it was the same twice in a row."""

_UNFINISHED: Final = (".part", ".tmp", ".swp", "~")
"""Ends of names that programs give to files that they still write."""


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and those of folders that are, in the order of their names.

    Hidden files are left out, and those whose name says that they are still written.

    Raises:
        UserError: there is no such file or folder.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _of_folder(path)
        elif path.exists():
            found.append(path)
        else:
            raise UserError(f"{path}: there is no such file or folder")
    return list(dict.fromkeys(found))


def _of_folder(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(_UNFINISHED):
                yield Path(top) / name


async def watched(folders: Sequence[Path], pause_s: float = PAUSE_S) -> AsyncIterator[list[Path]]:
    """Yield files as they come and change, once each, and those that are there at the start.

    Args:
        folders: what is read.
        pause_s: wall seconds between two readings.
    """
    seen: dict[Path, tuple[int, int]] = {}
    given: dict[Path, tuple[int, int]] = {}
    while True:
        found = {path: stand for path in files_of(folders) if (stand := _stand(path)) is not None}
        ready = [
            path
            for path, stand in found.items()
            if seen.get(path) == stand and given.get(path) != stand
        ]
        seen, given = found, {path: given[path] for path in found.keys() & given.keys()}
        given |= {path: found[path] for path in ready}
        if ready:
            yield ready
        await asyncio.sleep(pause_s)


def _stand(path: Path) -> tuple[int, int] | None:
    """Return size and time of the last change, None if the file is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
