"""The backlog at the ends of the last days, read off the cases by what is known now.

A case was open from its notice until what ended it: R where it was removed, else the instant its
class changed. Between a removal and the return that followed it was not open. So a day is drawn as
it turned out, not as it was shown then; a removal confirmed today can lie days back. Silence that
made a case dark counts as open until it was dark, since until then nobody could tell.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from schemas.moments import DAY_MS, Instant
from schemas.reasons import OPEN, Outcome
from streams.heldcase import Counted
from streams.rollup import phase_at

DAYS: Final = 42
"""Six weeks: a case that nothing ends expires after as long."""


class DayEnd(NamedTuple):
    """How many cases were open at an instant."""

    at: Instant
    open: int


def day_ends(as_of: Instant) -> list[Instant]:
    """Return the last `DAYS` midnights (UTC) not after an instant, ascending."""
    last = as_of - as_of % DAY_MS
    return [last - back * DAY_MS for back in range(DAYS - 1, -1, -1)]


def backlog(cases: Iterable[Counted], as_of: Instant) -> tuple[DayEnd, ...]:
    """Count the open cases after notice at the end of each of the last days.

    Args:
        cases: of one hoster in one role, in any order.
        as_of: what the classes are asked for; days after it are not told.
    """
    ends = day_ends(as_of)
    change = [0] * (len(ends) + 1)
    for case in cases:
        for since, until in _open(case, as_of):
            change[bisect_left(ends, since)] += 1
            if until is not None:
                change[bisect_left(ends, until)] -= 1
    return tuple(DayEnd(at, n) for at, n in zip(ends, accumulate(change), strict=False))


def _open(case: Counted, as_of: Instant) -> list[tuple[Instant, Instant | None]]:
    """Return the spans [since, until) in which a case was open after notice; None = still is."""
    phase = phase_at(case, as_of)
    noticed_at = case.noticed_at
    if phase is None or noticed_at is None or noticed_at > as_of:
        return []
    ended_at = None if phase.outcome in OPEN else phase.from_at
    if ended_at is not None and case.gone_at is not None and phase.outcome is not Outcome.DARK:
        ended_at = min(ended_at, case.gone_at)
    spans: list[tuple[Instant, Instant | None]] = []
    since = noticed_at
    for back in case.returns:
        if back.gone_at > since:
            spans.append((since, back.gone_at))
        since = max(since, back.back_at)
    if ended_at is None or ended_at > since:
        spans.append((since, ended_at))
    return spans
