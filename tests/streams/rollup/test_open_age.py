"""Laws of the ages of open cases: each is in one bucket, and they add up."""

import pytest
from cases import at, case
from hypothesis import given
from hypothesis import strategies as st

from schemas.closed_lists import OPEN, CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.case_figures import figures
from streams.rollup.figures import NORMS_S
from streams.rollup.open_age import OPEN_AGE_BOUNDS_S, open_ages
from streams.statistics.histogram_buckets import joined
from streams.statistics.sorted_multiset import SortedMultiset

AS_OF = 1_770_000_000_000


def of_ages(ages):
    """Return the ages of cases that are so old."""
    noticed = SortedMultiset()
    for age in ages:
        noticed.change(AS_OF - age, 1)
    return open_ages(noticed, sum(AS_OF - age for age in ages), AS_OF)


@pytest.mark.parametrize(
    ("age_ms", "bucket"),
    [
        (0, 0),
        (HOUR_MS, 0),
        (HOUR_MS + 1, 1),
        (12 * HOUR_MS, 1),
        (DAY_MS, 2),
        (DAY_MS + 1, 3),
        (2 * DAY_MS, 3),
        (7 * DAY_MS, 4),
        (30 * DAY_MS, 5),
        (90 * DAY_MS, 6),
        (90 * DAY_MS + 1, 7),
    ],
)
def test_an_age_on_a_bound_is_within_it(age_ms, bucket):
    """A case noticed exactly 24 h ago is not yet past a norm of 24 h."""
    found = of_ages([age_ms])
    assert found.counts.index(1) == bucket
    assert (sum(found.counts), found.sum_ms) == (1, age_ms)


def test_the_norms_are_bounds():
    """How many are older than a norm is read off and not interpolated."""
    assert set(NORMS_S) - {AUTHORITY_ORDER} <= set(OPEN_AGE_BOUNDS_S)


@given(st.lists(st.lists(st.integers(0, 200 * DAY_MS), max_size=20), max_size=5))
def test_parts_add_up_to_the_whole(parts):
    """Hosters sum to `other` and to the total."""
    made = [of_ages(ages) for ages in parts]
    assert joined(made, OPEN_AGE_BOUNDS_S) == of_ages([age for ages in parts for age in ages])


@pytest.mark.parametrize("outcome", CaseClass)
def test_whoever_is_in_the_backlog_has_an_age_and_nobody_else(outcome):
    """Unavailable ones too: blocking takes no case out; those without a notice have no age."""
    one = case(outcome, reported=10, noticed=10, seen=10)
    found = figures("alpha", Role.HOSTING, [one], at(110))
    assert sum(found.open_ages.counts) == found.backlog
    backlog = outcome in OPEN - {CaseClass.AWAITING}
    assert found.open_ages.sum_ms == (100 * HOUR_MS if backlog else 0)


def test_time_alone_makes_cases_older():
    """No event has to come for a case to pass from one bucket to the next."""
    one = case(CaseClass.ONLINE, noticed=0, seen=0)
    young, old = (figures("a", Role.HOSTING, [one], at(hours)) for hours in (24, 25))
    assert young.open_ages.counts.index(1) + 1 == old.open_ages.counts.index(1)
