"""Concentration and countries of a report."""

import pytest
from drawn_report import drawn_counted
from reported import case

from streams.report.figures.concentrations import concentrations, countries
from streams.report.figures.counted import counted


def test_all_and_open_by_hoster_owner_and_country() -> None:
    """Each of three divisions has a line for all cases and one for the open ones."""
    cases = drawn_counted()
    found = {(one.by, one.open): one for one in concentrations(cases)}
    assert len(found) == 6
    every = found["hoster", False]
    assert every.cases == len(cases)
    assert every.owners == len({one.case.hoster for one in cases})
    assert every.lorenz[-1] == pytest.approx(1, abs=1e-4)
    assert found["group", False].cr4[0] >= every.cr4[0]  # two hosters have one owner
    for one in found.values():
        assert one.hhi[1] <= one.hhi[0] <= one.hhi[2]


def test_countries_come_by_size() -> None:
    """The one with the most cases first; one with too few has no share."""
    cases = [case(i, incident=f"i{i}", day=i, country="NL") for i in range(40)]
    cases += [case(i, incident=f"j{i}", day=i, hoster="b", country="DE") for i in range(3)]
    found = countries(counted(cases, 86_400))
    assert [(one.name, one.bounds is None) for one in found] == [("NL", False), ("DE", True)]
    assert concentrations([]) == []
