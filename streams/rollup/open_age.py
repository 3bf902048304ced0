"""How long the cases of a backlog have been waiting at one instant.

A backlog is the same number whether its cases came today or in spring. The ages tell the two
apart, and since they are worked out anew for each instant, time alone moves them on.
"""

from itertools import pairwise
from typing import Final

from schemas.moments import SECOND_MS, Instant
from streams.statistics.histogram_buckets import Durations
from streams.statistics.sorted_multiset import SortedMultiset

OPEN_AGE_BOUNDS_S: Final = (
    3_600,
    43_200,
    86_400,
    172_800,  # the norms: beyond its own a case is overdue
    604_800,  # a week: the backlog's own band is of one
    2_592_000,  # 30 days: a window of four weeks no longer shows the notice
    7_776_000,  # 90 days: what lies above rests for good
)
"""Upper bounds of the histogram of open cases' ages."""

_BOUNDS_MS: Final = tuple(SECOND_MS * bound for bound in OPEN_AGE_BOUNDS_S)


def open_ages(noticed_at: SortedMultiset, noticed_sum: int, as_of: Instant) -> Durations:
    """Return the ages of open cases; one on a bound belongs to the bucket it closes.

    Args:
        noticed_at: of each of them, none after `as_of`.
        noticed_sum: these added up.
        as_of: the instant the ages hold for.
    """
    cases = len(noticed_at)
    younger = [0, *(cases - noticed_at.up_to(as_of - bound - 1) for bound in _BOUNDS_MS), cases]
    counts = tuple(above - under for under, above in pairwise(younger))
    return Durations(counts=counts, sum_ms=cases * as_of - noticed_sum)
