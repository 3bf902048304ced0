"""Two reports of the same cases are joined by their instants, and whoever publishes is told so."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from ledger_events import ONLINE, fold, gone_run, notice, placed, report, slots
from reported import DAY, drawn

from agents.tools.report.files import METHOD_FILE, write
from agents.tools.report.neighbours import that_name_others
from agents.tools.report.publication import PeriodReport
from schemas.closed_lists import Basis
from schemas.identity.ids import KeyedHash
from schemas.moments import DAY_MS
from streams.report.cohort import Cohort, pseudonym, published
from streams.report.hosters_of_report import judged

HASH = KeyedHash(b"s" * 32)
COHORT = Cohort(0, 90 * DAY, 86_400)
HIDDEN = "hoster-0123456789ab"


def made(*hosters: str, cohort: Cohort = COHORT) -> PeriodReport:
    """Return a report of these hosters, some under pseudonyms."""
    cases = [
        msgspec.structs.replace(one, as_of=cohort.as_of)
        for hoster in hosters
        for one in drawn(np.random.default_rng(3), hoster, 0.9, 20, 2.5)
    ]
    return PeriodReport(cohort, 0.8, {}, cases, judged(cases, cohort.norm_s, 0.8))


def test_the_same_case_has_the_same_instants_in_two_publications() -> None:
    """Its id, its incident and its hoster's pseudonym are others, and its instants tell it."""
    order = notice(1.5, basis=Basis.ORDER, reference="x", term_s=3_600)
    seen = slots([1.1, 2, 4, 26, 30], ONLINE), gone_run(40)
    (case,) = fold(report(seen=0), placed(), notice(1), order, *seen).cases
    day = (case.noticed_at or 0) // DAY_MS * DAY_MS
    cohorts = [Cohort(day, day + DAY_MS, norm_s) for norm_s in (86_400, None)]
    first, second = (published(case, one, HASH) for one in cohorts)
    assert first is not None
    assert second is not None
    assert first.case != second.case
    assert pseudonym("acme", cohorts[0], HASH) != pseudonym("acme", cohorts[1], HASH)
    assert (first.noticed_at, first.last_seen_at, first.gone_at) == (
        second.noticed_at,
        second.last_seen_at,
        second.gone_at,
    )


@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        (made("fast", "slow", cohort=replace(COHORT, norm_s=None)), True),
        (made("fast", "slow", cohort=replace(COHORT, country="NL")), True),
        (made("fast", "slow", cohort=replace(COHORT, from_at=80 * DAY, to_at=99 * DAY)), True),
        (made(HIDDEN, "slow"), True),
        (made("fast", HIDDEN, cohort=replace(COHORT, norm_s=None)), False),
        (made("fast", cohort=replace(COHORT, norm_s=None)), False),
        (made("fast", "slow", cohort=replace(COHORT, from_at=90 * DAY, to_at=99 * DAY)), False),
    ],
)
def test_a_report_beside_that_names_a_pseudonym_is_told(tmp_path: Path, earlier, told) -> None:
    """Of another norm, country or part of the period; not where both judge the same hosters."""
    new = made("fast", HIDDEN)
    write(earlier, tmp_path / "earlier", pdf=False)
    found = [(tmp_path / "earlier").resolve()] if told else []
    assert that_name_others(new, tmp_path / "new") == found
    assert that_name_others(new, tmp_path / "else" / "new") == []
    assert that_name_others(new, tmp_path / "else" / "new", [tmp_path / "earlier"]) == found
    (tmp_path / "earlier" / METHOD_FILE).write_text("{}")
    assert that_name_others(new, tmp_path / "new") == []
