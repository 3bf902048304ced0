"""The alerts' conditions in the practice world are those of the rule file."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS
from sim.oracle import alerts
from streams.rollup.case_figures import figures
from streams.rollup.windows import Window, WindowEvent

RULES = Path(__file__).parents[3] / "deploy/prometheus/rules/hostwatch.rules.yml"


@pytest.fixture(scope="module")
def conditions():
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {r["alert"]: r["expr"] for g in groups for r in g["rules"] if "alert" in r}


@pytest.mark.parametrize(
    ("alert", "pattern", "numbers"),
    [
        (
            "HosterBacklogGrowing",
            r"clamp_min\(([\d.]+) \* \S+ offset 1d, (\d+)\)",
            (alerts.GROWTH_SHARE, alerts.GROWTH_MIN),
        ),
        (
            "HosterRemovesNothing",
            r"open_cases:max >= (\d+)[\s\S]*overdue_cases:max >= (\d+)",
            (alerts.SILENT_MIN, alerts.SILENT_MIN),
        ),
        (
            "HosterNotMeasurable",
            r"> ([\d.]+) \* \S+open_cases:max\s+and \S+open_cases:max >= (\d+)",
            (alerts.UNMEASURABLE_SHARE, alerts.UNMEASURABLE_MIN),
        ),
    ],
)
def test_the_numbers_are_those_of_the_rules(conditions, alert, pattern, numbers):
    """Whoever changes a rule changes the practice world's copy."""
    found = re.search(pattern, conditions[alert])
    assert found is not None
    assert tuple(float(number) for number in found.groups()) == numbers


def said(*, open=0, overdue=0, hidden=0, removed=0):
    """Return figures with so many cases."""
    nothing = figures("h", Role.HOSTING, (), DAY_MS)
    classes = {**nothing.classes, CaseClass.ONLINE: open - hidden, CaseClass.UNAVAILABLE: hidden}
    windows = {
        **nothing.windows,
        WindowEvent.REMOVED: dict.fromkeys(Window, removed),
    }
    return replace(nothing, classes=classes, overdue=overdue, windows=windows)


def test_a_backlog_grows_by_a_fifth_and_ten_and_goes_on_and_gets_late():
    """Each of the four conditions alone keeps the alert away."""
    before = said(open=100, overdue=10)
    lately = [said(open=n, overdue=30) for n in (115, 118, 119, 121)]
    assert alerts.backlog_growing(before, lately)
    assert not alerts.backlog_growing(before, [*lately[:-1], said(open=120, overdue=30)])
    assert not alerts.backlog_growing(before, [said(open=130, overdue=30)] * 4)
    assert not alerts.backlog_growing(before, [*lately[:-1], said(open=121, overdue=10)])
    few = said(open=2, overdue=0)
    assert not alerts.backlog_growing(few, [said(open=n, overdue=5) for n in (8, 9, 11, 12)])


def test_silence_needs_a_backlog_that_is_late_and_no_removal():
    """Ten open, ten late, none removed in a week."""
    assert alerts.removes_nothing(said(open=10, overdue=10))
    assert not alerts.removes_nothing(said(open=9, overdue=9))
    assert not alerts.removes_nothing(said(open=10, overdue=9))
    assert not alerts.removes_nothing(said(open=10, overdue=10, removed=1))


def test_not_measurable_is_more_than_half_of_ten_or_more():
    """Half is not more than half, and nine are too few."""
    assert alerts.not_measurable(said(open=10, hidden=6))
    assert not alerts.not_measurable(said(open=10, hidden=5))
    assert not alerts.not_measurable(said(open=9, hidden=9))
