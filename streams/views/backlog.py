"""The backlog of the last six weeks, read off the cases by what is known now.

A case was open from its notice until what ended it: R where it was removed, else the instant its
class changed. Between a removal and the return that followed it was not open. So a day is drawn as
it turned out, not as it was shown then; a removal confirmed today can lie days back. Silence that
made a case dark counts as open until it was dark, since until then nobody could tell.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from schemas.closed_lists import OPEN, CaseClass
from schemas.moments import DAY_MS, HOUR_MS, Instant
from streams.case_class import phase_at
from streams.rollup.case_row import CaseRow

READINGS: Final = 42
STEPS_MS: Final = (HOUR_MS, 6 * HOUR_MS, DAY_MS)
"""42 readings, one a day: what the chart has room for. Cases may be open for longer; they expire
after 400 days. Where the first notice is younger, narrower steps show what a day would hide."""


class Reading(NamedTuple):
    """How many cases were open at an instant."""

    at: Instant
    backlog: int


def readings(since: Instant, as_of: Instant) -> list[Instant]:
    """Return the instants that are read, ascending and not after `as_of`.

    Args:
        since: what they should reach back to; by the narrowest step that does, else by days.
        as_of: the present.
    """
    step = next((step for step in STEPS_MS if as_of - since < READINGS * step), STEPS_MS[-1])
    last = as_of - as_of % step
    return [last - back * step for back in range(READINGS - 1, -1, -1)]


def backlog(cases: Iterable[CaseRow], as_of: Instant) -> tuple[Reading, ...]:
    """Count the open cases after notice over the last time, at most six weeks.

    Args:
        cases: of one hoster in one role, in any order.
        as_of: what the classes are asked for; nothing after it is told.
    """
    spans = [span for case in cases for span in _open(case, as_of)]
    at = readings(min((since for since, _ in spans), default=as_of), as_of)
    change = [0] * (len(at) + 1)
    for since, until in spans:
        change[bisect_left(at, since)] += 1
        if until is not None:
            change[bisect_left(at, until)] -= 1
    return tuple(Reading(one, n) for one, n in zip(at, accumulate(change), strict=False))


def _open(case: CaseRow, as_of: Instant) -> list[tuple[Instant, Instant | None]]:
    """Return the spans [since, until) in which a case was open after notice; None = still is."""
    phase = phase_at(case, as_of)
    noticed_at = case.noticed_at
    if phase is None or noticed_at is None or noticed_at > as_of:
        return []
    ended_at = None if phase.case_class in OPEN else phase.from_at
    if ended_at is not None and case.gone_at is not None and phase.case_class is not CaseClass.DARK:
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
