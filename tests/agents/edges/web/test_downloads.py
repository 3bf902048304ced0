"""Laws of what is taken away as CSV."""

import csv
import io
from dataclasses import replace

from pages import VIEW, held

from agents.edges.web.downloads import cases_csv, hosters_csv
from agents.edges.web.formatting import cell_hours
from schemas.closed_lists import CaseClass, NormVerdict, Role
from streams.rollup.figures import RemovalTimeReading
from streams.views.case_list import case_list

HOSTING = [one for one in VIEW.figures if one.role is Role.HOSTING]


def test_what_is_taken_away_says_what_the_page_says() -> None:
    """The same figures and the moment they hold for; no text can be a formula."""
    info = {**VIEW.hosters, "beta": replace(VIEW.hosters["beta"], name="=cmd()")}
    rows = list(csv.DictReader(io.StringIO(hosters_csv(HOSTING, replace(VIEW, hosters=info)))))
    assert [row["hoster"] for row in rows] == [one.hoster for one in HOSTING]
    beta = next(row for row in rows if row["hoster"] == "beta")
    assert beta["name"] == "'=cmd()"
    assert int(beta["open"]) == next(one.backlog for one in HOSTING if one.hoster == "beta")
    assert beta["as_of"].startswith("2026-02-06T06:40:00")
    assert sum(int(beta[one.value]) for one in CaseClass) == int(beta["reported"])
    cases = held("beta")
    assert cases is not None
    lines = case_list(cases, VIEW.as_of, 1_000).lines
    found = list(csv.DictReader(io.StringIO(cases_csv("beta", lines, VIEW))))
    assert len(found) == 261
    assert any(row["not_due_yet"] for row in found)
    assert not any(":undetermined" in row["verdicts"] and row["not_due_yet"] for row in found[:1])


def test_the_second_verdict_has_columns_of_its_own() -> None:
    """Beside the first, which stands; what is not due yet is no verdict."""
    cases = held("beta")
    assert cases is not None
    (line,) = case_list(cases, VIEW.as_of, 1).lines
    back = replace(
        line,
        second=((86_400, NormVerdict.LATE), (172_800, NormVerdict.UNDETERMINED)),
        second_running=frozenset({172_800}),
    )
    without, row = csv.DictReader(io.StringIO(cases_csv("beta", [line, back], VIEW)))
    assert (row["second_verdicts"], row["second_not_due_yet"]) == ("86400:late", "172800")
    assert (without["second_verdicts"], without["second_not_due_yet"]) == ("", "")
    assert row["verdicts"] == without["verdicts"]


def test_a_removal_time_is_the_cell_it_lies_in() -> None:
    """Of both readings, as the pages print them; what is not reached has no ends."""
    rows = list(csv.DictReader(io.StringIO(hosters_csv(HOSTING, VIEW))))
    assert not any("_ms" in column for column in rows[0])
    reached = 0
    for row, figures in zip(rows, HOSTING, strict=True):
        assert int(row["removal_n"]) == figures.estimate(RemovalTimeReading.CENSORED).n
        for reading in RemovalTimeReading:
            estimate = figures.estimate(reading)
            for name, ms in (("median", estimate.p50_ms), ("p90", estimate.p90_ms)):
                ends = row[f"{name}_{reading}_from_h"], row[f"{name}_{reading}_to_h"]
                if ms is None:
                    assert ends == ("", "")
                    continue
                assert tuple(map(float, ends)) == cell_hours(ms, reading)
                reached += 1
    assert reached
