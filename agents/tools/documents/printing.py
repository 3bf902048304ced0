"""A document as PDF if the extra `report` is installed, which takes a library that few need."""

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from schemas.moments import Instant

_LIBRARY: Final = "weasyprint"


def printed(html: str, *, instant: Instant, language: str, title: str) -> bytes | None:
    """Return what `agents.tools.documents.pdf.pdf_of` does; None = the extra is not installed.

    Args:
        html: of `agents.tools.documents.page.document`.
        instant: the ledger's time that it holds for, ms.
        language: that it is written in.
        title: as a reader's program shows it.

    Raises:
        UserError: the document is too large, or names something outside itself.
    """
    if find_spec(_LIBRARY) is None:
        return None
    pdf = import_module("agents.tools.documents.pdf")
    made: bytes = pdf.pdf_of(html, instant=instant, language=language, title=title)
    return made
