"""Months beside each other, and a change split into mix and rate."""

import pytest
from drawn_report import COHORT, drawn_counted

from streams.report.figures.periods import halves, in_time, months


def test_months_hold_all_cases() -> None:
    """Each case lies in the month of its notice."""
    cases = drawn_counted()
    found = months(cases)
    assert [one.name for one in found] == ["2026-01", "2026-02", "2026-03"]
    assert sum(one.n for one in found) == len(cases)


def test_a_change_is_mix_and_rate() -> None:
    """The two sum to the difference of the shares of cases; an empty half has no change."""
    cases = drawn_counted()
    found = halves(cases, COHORT)
    assert found is not None
    assert found.mix + found.rate == pytest.approx(found.after - found.before, abs=1e-5)
    later = [one for one in cases if one.case.noticed_at >= found.parted_at]
    assert in_time(later) == pytest.approx(found.after, abs=1e-5)
    assert halves(later, COHORT) is None
