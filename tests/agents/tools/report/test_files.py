"""The files of a report."""

import json
from pathlib import Path

from drawn_report import COHORT, FIELD_SEED, THRESHOLD, drawn_report

from agents.tools.report.context import ReportContext
from agents.tools.report.files import METHOD_FILE, PAGE_FILE, PDF_FILE, digest_of, write
from agents.tools.report.publication import PeriodReport
from agents.tools.report.recheck import differences, from_cases, pdf_differs
from streams.report.hosters_of_report import judged


def test_a_report_with_its_pdf_can_be_made_again(tmp_path: Path) -> None:
    """In Dutch, from its own cases: every file is the same, the PDF too."""
    cases = [one for one in drawn_report(FIELD_SEED) if one.hoster in {"acme", "delta"}]
    field = judged(cases, COHORT.norm_s, THRESHOLD)
    context = ReportContext(language="nl", embargo="2026-06-01", errata=("Een getal was fout.",))
    write(PeriodReport(COHORT, THRESHOLD, {"0": {"facts": 7}}, cases, field, context), tmp_path)
    again = from_cases(tmp_path)
    assert again.context == context
    assert differences(tmp_path, again) == []
    assert not pdf_differs(tmp_path, again)
    page = (tmp_path / PAGE_FILE).read_text()
    assert "Niet te publiceren voor" in page
    assert "Een getal was fout." in page
    stated = json.loads((tmp_path / METHOD_FILE).read_text())
    assert stated["digest"] == digest_of(stated)
    pdf = bytearray((tmp_path / PDF_FILE).read_bytes())
    pdf[len(pdf) // 2] ^= 1
    (tmp_path / PDF_FILE).write_bytes(pdf)
    assert any(PDF_FILE in line for line in differences(tmp_path, again))
    assert pdf_differs(tmp_path, again)
