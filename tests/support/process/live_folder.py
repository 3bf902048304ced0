"""Files of a folder in which others write and delete: a broker's, while it runs."""

import os
from collections.abc import Iterator
from pathlib import Path


def below(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder, at any depth; what goes meanwhile is left out."""
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file in a folder, at any depth, with its bytes; one that goes is left out."""
    for place, _, files in os.walk(folder):
        for name in files:
            file = Path(place, name)
            try:
                yield file, file.read_bytes()
            except OSError:
                continue
