"""Laws of the backlog over time."""

from itertools import pairwise

import pytest
from cases import START, at, case
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case import CaseSummary, Return
from streams.rollup.case_figures import figures
from streams.views.backlog import READINGS, backlog, readings

MIDNIGHT = (DAY_MS - START % DAY_MS) / 3_600_000
"""Hours from the start of the tests' world to its first midnight."""


OLD = case(CaseClass.REMOVED, noticed=-1_200, reported=-1_200, seen=-1_199, gone=-1_198)
"""So old that the backlog is read by days."""


def opened(cases: list[CaseSummary], days: float) -> list[int]:
    """Return the counts from the world's first midnight to so many days after it."""
    found = backlog([*cases, OLD], at(MIDNIGHT + 24 * days))
    return [day.backlog for day in found if day.at >= at(MIDNIGHT)]


@pytest.mark.parametrize(
    ("hours", "step_h"), [(0, 1), (41, 1), (42, 6), (250, 6), (252, 24), (9_999, 24)]
)
def test_it_is_read_as_closely_as_reaches_back_to_the_first_notice(hours, step_h):
    """By whole hours, quarters of a day, or midnights; never more than six weeks."""
    as_of = at(5)
    read = readings(as_of - hours * HOUR_MS, as_of)
    assert len(read) == READINGS
    assert {b - a for a, b in pairwise(read)} == {step_h * HOUR_MS}
    assert read[-1] % (step_h * HOUR_MS) == 0
    assert as_of - step_h * HOUR_MS < read[-1] <= as_of


def test_a_case_is_open_from_its_notice_to_r():
    """Not from the report, and not to the confirmation; a removal at midnight counts as done."""
    noticed, gone = MIDNIGHT + 1, MIDNIGHT + 48
    removed = case(
        CaseClass.REMOVED, noticed=noticed, seen=gone - 1, gone=gone, since=gone + 30, reported=0
    )
    assert opened([removed], 5) == [0, 1, 0, 0, 0, 0]
    assert opened([case(CaseClass.AWAITING, noticed=None)], 2) == [0, 0, 0]


def test_between_a_removal_and_its_return_it_is_not_open():
    """The days it was away are drawn as such."""
    away = Return(at(MIDNIGHT + 1), at(MIDNIGHT + 20), at(MIDNIGHT + 60))
    back = case(CaseClass.ONLINE, noticed=1, seen=MIDNIGHT + 70, returns=(away,))
    assert opened([back], 4) == [1, 0, 0, 1, 1]


def test_silence_is_open_until_the_host_is_dark():
    """R of a dark case is where the silence began; nobody could tell then."""
    dark = case(CaseClass.DARK, noticed=1, seen=2, gone=3, since=MIDNIGHT + 47)
    assert opened([dark], 3) == [1, 1, 0, 0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([CaseClass.ONLINE, CaseClass.UNAVAILABLE, CaseClass.REMOVED]),
            st.integers(0, 90),
            st.integers(1, 60),
        ),
        max_size=12,
    ),
    st.integers(0, 4),
)
def test_at_the_last_reading_it_is_the_backlog(drawn, days):
    """What is drawn for the present is the figure that stands everywhere else."""
    as_of = at(MIDNIGHT + 24 * days)
    cases = []
    for outcome, noticed, took in drawn:
        if outcome is CaseClass.REMOVED and at(noticed + took) <= as_of:
            cases.append(case(outcome, noticed=noticed, seen=noticed, gone=noticed + took))
        elif outcome is not CaseClass.REMOVED:
            cases.append(case(outcome, noticed=noticed, seen=noticed))
    found = backlog(cases, as_of)
    assert found[-1] == (as_of, figures("alpha", Role.HOSTING, cases, as_of).backlog)
