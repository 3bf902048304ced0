"""A document as PDF where the library is, and without it nothing."""

from documents import RECORDED

from agents.tools.documents import printing
from agents.tools.documents.page import document


def test_without_the_extra_there_is_no_pdf(monkeypatch) -> None:
    """The page is made all the same."""
    html = document(RECORDED, spoken="en", heading="h", about="a", words="w")
    said = {"instant": 0, "language": "en", "title": "t"}
    assert (printing.printed(html, **said) or b"").startswith(b"%PDF")
    monkeypatch.setattr(printing, "_LIBRARY", "no_such_library")
    assert printing.printed(html, **said) is None
