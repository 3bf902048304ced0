"""A document as PDF/UA-1: tagged, so that it can be read aloud, and the same bytes each time.

The fonts come with the extra `report`. Nothing is fetched, from the net or from a file: what a page
names outside itself ends the rendering.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from threading import Lock
from typing import Any, Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from agents.errors import UserError
from schemas.moments import SECOND_MS, Instant, rfc3339

VARIANT: Final = "pdf/ua-1"
HTML_BYTES_MAX: Final = 16 * 1024 * 1024
"""A dossier of ten thousand cases takes some 10 MB of HTML; a page of it takes 30 ms to set."""

_FACES: Final = {
    ("normal", 400): "Regular",
    ("normal", 600): "Semibold",
    ("normal", 700): "Bold",
    ("italic", 400): "It",
}
_SCHEME: Final = "font:"
_EPOCH: Final = "SOURCE_DATE_EPOCH"
_ONE_AT_A_TIME: Final = Lock()


class _Shipped(URLFetcher):  # type: ignore[misc]  # the library has no types
    """Gives the fonts of the package, and refuses everything else."""

    def __init__(self) -> None:
        super().__init__(fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> "URLFetcherResponse":
        """Return a font; raise ValueError for anything else."""
        for face in _FACES.values():
            if url == _SCHEME + face:
                file = files("font_source_sans_pro") / "files" / f"SourceSansPro-{face}.ttf"
                return URLFetcherResponse(url, file.read_bytes())
        raise ValueError("a document is whole by itself")


def pdf_of(html: str, *, instant: Instant, language: str, title: str) -> bytes:
    """Return a document as PDF/UA-1.

    Args:
        html: of `agents.tools.documents.page.document`.
        instant: the ledger's time that it holds for, ms; it stands as the date of the file.
        language: that it is written in.
        title: as a reader's program shows it.

    Raises:
        UserError: the document is too large, or names something outside itself.
    """
    if len(html.encode()) > HTML_BYTES_MAX:
        raise UserError(f"a PDF is made of at most {HTML_BYTES_MAX:,} bytes of HTML")
    fetcher, fonts = _Shipped(), FontConfiguration()
    with _ONE_AT_A_TIME, _dated(instant):
        try:
            faces = CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher)
            made = HTML(string=html, url_fetcher=fetcher).render(
                font_config=fonts, stylesheets=[faces], pdf_variant=VARIANT
            )
            made.metadata.title, made.metadata.lang = title, language
            made.metadata.created = made.metadata.modified = rfc3339(instant)
            return bytes(made.write_pdf(pdf_variant=VARIANT))
        except FatalURLFetchingError:
            raise UserError("a document names something outside itself") from None


def _faces() -> str:
    return "".join(
        f"@font-face {{ font-family: 'Document'; font-style: {style}; font-weight: {weight};"
        f" src: url({_SCHEME}{face}) }}"
        for (style, weight), face in _FACES.items()
    )


@contextmanager
def _dated(instant: Instant) -> Iterator[None]:
    """Set the date that the libraries write into fonts and files, as reproducible builds do."""
    before = os.environ.get(_EPOCH)
    os.environ[_EPOCH] = str(instant // SECOND_MS)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_EPOCH]
        else:
            os.environ[_EPOCH] = before
