"""Writes a dossier's files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agents.tools.documents.writing import write_files
from agents.tools.dossier import file_form
from agents.tools.dossier.printed import html_of, pdf_of
from schemas.dossier.dossier import Dossier

JSON_FILE: Final = "dossier.json"
"""The file that is checked; what is printed has its digest."""


def write(dossier: Dossier, folder: Path, languages: tuple[str, ...] = ("en",)) -> list[str]:
    """Write a dossier to a folder, which is made where there is none; return the files' names.

    Args:
        dossier: signed.
        folder: where.
        languages: of what is printed, `en` and `nl`.

    Raises:
        UserError: it cannot be written, or is too large for a PDF.
    """
    return write_files(folder, _files(dossier, languages))


def _files(dossier: Dossier, languages: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    yield JSON_FILE, file_form.encode(dossier)
    for spoken in languages:
        html = html_of(dossier, spoken)
        yield f"dossier.{spoken}.html", html.encode()
        pdf = pdf_of(dossier, html, spoken)
        if pdf is not None:
            yield f"dossier.{spoken}.pdf", pdf
