"""A document as PDF/UA-1: tagged, dated by the ledger, the same bytes, nothing fetched."""

import os
import re
import subprocess
import sys
import zlib

import pytest
from documents import RECORDED

from agents.errors import UserError
from agents.tools.documents.page import document
from agents.tools.documents.pdf import HTML_BYTES_MAX, pdf_of

AT = 1_770_360_000_000
PROGRAM = """
import sys
from agents.tools.documents.pdf import pdf_of
html = sys.stdin.read()
sys.stdout.buffer.write(pdf_of(html, instant=1770360000000, language="nl", title="Rapport"))
"""


def sample(words: str = "Een zin.") -> str:
    """Return a small document with a chart."""
    return document(RECORDED, spoken="nl", heading="Rapport", about="Wat is gemeten", words=words)


def plain(pdf: bytes) -> bytes:
    """Return a PDF with its streams inflated."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(s) for s in streams if s[:1] == b"x")


def test_it_can_be_read_aloud_and_says_when_it_holds(caplog: pytest.LogCaptureFixture) -> None:
    """Tags, language, title, a text for the chart, and the ledger's time as its date."""
    made = plain(pdf_of(sample(), instant=AT, language="nl", title="Rapport"))
    assert b"pdfuaid" in made
    for part in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang (nl)", b"/Figure", b"/Alt ("):
        assert part in made
    assert b"2026-02-06" in made
    assert b"SourceSansPro" in made.replace(b"-", b"") or b"Document" in made
    assert caplog.records == []  # every rule of the style is understood


def test_two_processes_make_the_same_bytes() -> None:
    """Whatever the order of hashes, the time zone and the place."""
    html, made = sample(), []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=html.encode(),
            env=environment,
            capture_output=True,
            check=True,
        )
        made.append(ran.stdout)
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/hostname" alt="x">',
        '<img src="http://127.0.0.1:9/" alt="x">',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<p style="background: url(http://127.0.0.1:9/x)">x</p>',
    ],
)
def test_a_document_that_names_a_file_or_host_is_not_rendered(markup: str) -> None:
    """What names a file or a host ends the rendering."""
    html = sample().replace("<p>Een zin.</p>", markup)
    assert markup in html
    with pytest.raises(UserError, match="outside itself"):
        pdf_of(html, instant=AT, language="nl", title="Rapport")


def test_a_document_that_is_too_large_is_refused() -> None:
    """It would hold the machine for minutes."""
    with pytest.raises(UserError, match="at most"):
        pdf_of("x" * (HTML_BYTES_MAX + 1), instant=AT, language="nl", title="Rapport")
