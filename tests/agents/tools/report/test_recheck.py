"""A published report is made again: whatever was changed in it is found."""

import hashlib
import json
import random
from pathlib import Path

import msgspec
import numpy as np
import pytest
from reported import DAY, case, drawn

from agents.errors import UserError
from agents.tools.report.context import ReportContext
from agents.tools.report.files import (
    CASES_FILE,
    HOSTERS_FILE,
    METHOD_FILE,
    PAGE_FILE,
    digest_of,
    write,
)
from agents.tools.report.publication import PeriodReport
from agents.tools.report.recheck import differences, from_cases, parameters_of
from schemas.closed_lists import CaseClass, NormVerdict
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged
from streams.report.published_case import ON_CHECK, public_verdict

COHORT = Cohort(0, 90 * DAY, 86_400)
EDITS = 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A report of four hosters, two of them named."""
    chance = np.random.default_rng(3)
    shares = {"fast": 0.95, "middling": 0.8, "slow": 0.2, "slower": 0.1}
    cases = [
        msgspec.structs.replace(one, verdict=public_verdict(one, COHORT.norm_s), as_of=COHORT.as_of)
        for hoster, share in shares.items()
        for one in drawn(chance, hoster, share, 20, 2.5)
    ]
    taken_back = case(
        0,
        hoster="slow",
        incident="slow/0",
        gone=None,
        case_class=CaseClass.WITHDRAWN,
        verdict=NormVerdict.LATE,
        as_of=COHORT.as_of,
        withdrawn_at=2 * DAY,
        reported_again_at=3 * DAY,
        category="csam",
        site_type="forum",
        flags=(ON_CHECK,),
        case="taken-back",
    )
    cases.append(taken_back)
    cases.sort(key=lambda one: one.case)
    report = PeriodReport(COHORT, 0.8, {}, cases, judged(cases, COHORT.norm_s, 0.8))
    assert report.hosters.named == ("slow", "slower")
    write(report, tmp_path / "report", pdf=False)
    return tmp_path / "report"


def edited(text: str, chance: random.Random) -> str:
    """Return the text with another digit in the place of one."""
    place = chance.choice([i for i, sign in enumerate(text) if sign.isdigit()])
    other = chance.choice([sign for sign in "0123456789" if sign != text[place]])
    return text[:place] + other + text[place + 1 :]


def test_an_untouched_report_agrees(folder: Path) -> None:
    """Its own cases give it again, to the byte."""
    assert parameters_of(folder) == (COHORT, 0.8, ReportContext(), {}, None)
    again = from_cases(folder)
    assert differences(folder, again) == []
    (back,) = [one for one in again.cases if one.withdrawn_at is not None]
    assert (back.category, back.site_type, back.flags) == ("csam", "forum", (ON_CHECK,))
    assert [one.again for one in again.figures.hotlines] == [round(1 / len(again.cases), 6)]


@pytest.mark.parametrize("name", [HOSTERS_FILE, METHOD_FILE, PAGE_FILE])
def test_any_digit_that_was_changed_is_found(folder: Path, name: str) -> None:
    """Of a figure, a chart, the period, the threshold or a digest: ten edits, ten found."""
    again, file = from_cases(folder), folder / name
    untouched = file.read_text()
    for seed in range(EDITS):
        file.write_text(edited(untouched, random.Random(seed)))
        try:
            assert differences(folder, again), seed
        except UserError:
            continue  # what was edited is no report any more, and that is said


@pytest.mark.parametrize("name", [HOSTERS_FILE, PAGE_FILE])
def test_a_digit_is_found_from_the_cases_alone(folder: Path, name: str) -> None:
    """Also where whoever changed it wrote the digests anew."""
    file = folder / name
    file.write_text(edited(file.read_text(), random.Random(3)))
    stated = json.loads((folder / METHOD_FILE).read_text())
    stated["sha256"][name] = hashlib.sha256(file.read_bytes()).hexdigest()
    stated["digest"] = digest_of(stated)
    (folder / METHOD_FILE).write_text(json.dumps(stated))
    assert any(line.startswith(f"{name}, line") for line in differences(folder, from_cases(folder)))


def test_a_case_that_was_changed_is_found(folder: Path) -> None:
    """The digest of the file differs, and so does what follows from it."""
    again = from_cases(folder)
    cases = list(again.cases)
    cases[0] = msgspec.structs.replace(cases[0], noticed_at=cases[0].noticed_at + 1)
    method = (folder / METHOD_FILE).read_bytes()
    write(PeriodReport(COHORT, 0.8, {}, cases, again.hosters), folder, pdf=False)
    said = differences(folder, again)
    assert any(line.startswith(f"{CASES_FILE}: case {cases[0].case}") for line in said)
    (folder / METHOD_FILE).write_bytes(method)
    said = differences(folder, from_cases(folder))
    assert any(f"{CASES_FILE} is not the file that was published" in line for line in said)


def test_a_folder_without_a_report_is_one_line(tmp_path: Path) -> None:
    """Nothing there, or something else."""
    with pytest.raises(UserError, match=r"method\.json cannot be read"):
        from_cases(tmp_path)
    (tmp_path / METHOD_FILE).write_text("[]")
    with pytest.raises(UserError, match="no report's"):
        from_cases(tmp_path)
    (tmp_path / METHOD_FILE).write_text('{"from": "soon"}')
    with pytest.raises(UserError, match="lacks what a report was made with"):
        from_cases(tmp_path)
