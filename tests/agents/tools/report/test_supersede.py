"""A report in the place of an earlier one says what changed, and why."""

from pathlib import Path

import msgspec
import pytest
from reported import DAY, drawn

from agents.errors import UserError
from agents.tools.report.files import HOSTERS_FILE, PAGE_FILE, write
from agents.tools.report.publication import PeriodReport
from agents.tools.report.supersede import earlier_of, superseding
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged
from streams.report.published_case import public_verdict

COHORT = Cohort(0, 90 * DAY, 86_400)


def report(share: float, slow: str = "slow", threshold: float = 0.8) -> PeriodReport:
    """Return a report of two hosters, one with a share that is given."""
    import numpy as np

    cases = [
        msgspec.structs.replace(one, verdict=public_verdict(one, COHORT.norm_s), as_of=COHORT.as_of)
        for hoster, kept in (("fast", 0.97), (slow, share))
        for one in drawn(np.random.default_rng(3), hoster, kept, 20, 2.5)
    ]
    return PeriodReport(COHORT, threshold, {}, cases, judged(cases, COHORT.norm_s, threshold))


def test_what_changed_is_printed_with_its_reason(tmp_path: Path) -> None:
    """Who is no longer named, whose figures differ, and why there is a new report."""
    write(report(0.2), tmp_path / "first", pdf=False)
    found = superseding(report(0.97), earlier_of(tmp_path / "first"), "Notices were counted twice.")
    said = found.context.supersedes
    assert said is not None
    assert said.reason == "Notices were counted twice."
    assert said.changes == (
        "Named before and not now: slow.",
        "Figures differ for: fast, slow.",  # the rank of the fast one too
    )
    write(found, tmp_path / "second", pdf=False)
    page = (tmp_path / "second" / PAGE_FILE).read_text()
    assert "Notices were counted twice." in page
    assert "Named before and not now: slow." in page


def test_changed_figures_of_every_hoster_that_has_an_id_are_told(tmp_path: Path) -> None:
    """An id may begin as a pseudonym does; who is not judged is told of by nothing."""
    write(report(0.2, "hoster-park"), tmp_path, pdf=False)
    said = superseding(report(0.97, "hoster-park"), earlier_of(tmp_path), "Again.").context
    assert said.supersedes is not None
    assert "Figures differ for: fast, hoster-park." in said.supersedes.changes
    few = "hoster-0123456789ab"
    write(report(0.2, few), tmp_path, pdf=False)
    said = superseding(report(0.97, few), earlier_of(tmp_path), "Again.").context
    assert said.supersedes is not None
    assert "Figures differ for: fast." in said.supersedes.changes


def test_the_same_report_has_no_changes(tmp_path: Path) -> None:
    """Another threshold is one; a folder without a report is refused."""
    write(report(0.2), tmp_path, pdf=False)
    same = superseding(report(0.2), earlier_of(tmp_path), "Again.").context.supersedes
    assert same is not None
    assert same.changes == ()
    other = superseding(
        report(0.2, threshold=0.7), earlier_of(tmp_path), "Again."
    ).context.supersedes
    assert other is not None
    assert other.changes[0] == "Its period, norm, country or threshold is another one."
    with pytest.raises(UserError):
        earlier_of(tmp_path / "none")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (None, r"hosters\.csv cannot be read: name the folder of a report"),
        (b"\xff\n", "cannot be read"),
        (b"name,n\nfast,3\n", "a line lacks hoster or named"),
        (b"hoster,named\nfast\n", "a line lacks hoster or named"),
    ],
)
def test_a_folder_without_its_hosters_is_one_line(
    tmp_path: Path, lines: bytes | None, said: str
) -> None:
    """Half a report is no report, and whoever names it is told so."""
    write(report(0.2), tmp_path, pdf=False)
    (tmp_path / HOSTERS_FILE).unlink()
    if lines is not None:
        (tmp_path / HOSTERS_FILE).write_bytes(lines)
    with pytest.raises(UserError, match=said):
        earlier_of(tmp_path)
