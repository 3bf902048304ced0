"""What the commands of reports share: a report rechecked from the command line, and the extra."""

from pathlib import Path

import numpy as np
import pytest
from reported import DAY, drawn

from agents import cli
from agents.cli.shared import reports
from agents.errors import UserError
from agents.tools.report.files import HOSTERS_FILE, write
from agents.tools.report.publication import PeriodReport
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged


def test_a_report_is_rechecked_without_a_broker(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit code 0 where it agrees; 1 and a line for each difference where it does not."""
    cohort = Cohort(0, 90 * DAY, 86_400)
    cases = drawn(np.random.default_rng(1), "slow", 0.1, 20, 2.5)
    cases.sort(key=lambda one: one.case)
    report = PeriodReport(cohort, 0.8, {}, cases, judged(cases, 86_400, 0.8))
    write(report, tmp_path / "r", pdf=False)
    asked = ["verify", "--report", str(tmp_path / "r"), "--from-cases"]
    assert cli.run(asked) == 0
    assert capsys.readouterr().err == "the report agrees\n"
    file = tmp_path / "r" / HOSTERS_FILE
    file.write_text(file.read_text().replace("True", "False"))
    assert cli.run(asked) == 1
    shown = capsys.readouterr()
    assert "hosters.csv, line 2" in shown.out
    assert shown.err == "3 differences\n"  # the page has the digest of the other file


def test_the_extra_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks it is told what to install."""
    monkeypatch.setattr(reports, "_EXTRA", ("pyarrow", "a_library_that_is_not_there"))
    with pytest.raises(UserError, match=r"hostwatch\[report\]"):
        reports.needs_extra()
