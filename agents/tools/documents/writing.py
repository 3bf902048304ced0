"""Writes the files of a document to a folder."""

from collections.abc import Iterable
from pathlib import Path

from agents.errors import UserError
from agents.process.atomic_file import write_whole


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Write files to a folder, which is made where there is none; return their names.

    Args:
        folder: where.
        files: name and content of each; one is made after the one before was written.

    Raises:
        UserError: it cannot be written, or what making a file raises.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files:
            write_whole(folder / name, content)
            written.append(name)
    except OSError:
        raise UserError(f"{folder} cannot be written") from None
    return written
