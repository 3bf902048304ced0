"""Writes a dossier's files."""

from pathlib import Path
from typing import Final

from agents.errors import UserError
from agents.process.atomic_file import write_whole
from agents.tools.dossier import file_form
from schemas.dossier.dossier import Dossier

JSON_FILE: Final = "dossier.json"


def write(dossier: Dossier, folder: Path) -> None:
    """Write a dossier to a folder, which is made where there is none.

    Raises:
        UserError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / JSON_FILE, file_form.encode(dossier))
    except OSError:
        raise UserError(f"{folder} cannot be written") from None
