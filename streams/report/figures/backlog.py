"""How many of a report's cases were open over time, and how many were late by then.

It speaks of the cases of the report alone. After its period no case is added, so the curve falls.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from schemas.closed_lists import NormVerdict
from schemas.moments import DAY_MS, SECOND_MS, Instant
from streams.report.cohort import Cohort
from streams.report.figures.counted import Cases

POINTS_MAX: Final = 60


class Backlog(Struct, frozen=True, kw_only=True):
    """Readings of the backlog.

    Attributes:
        at: instants, ascending.
        open: cases whose hoster had been told and that had not ended.
        late: those of them whose norm had run out and that are judged late; None = the norm is
            the term of each order, which the cases do not carry.
    """

    at: tuple[Instant, ...]
    open: tuple[int, ...]
    late: tuple[int, ...] | None


def backlog(cases: Cases, cohort: Cohort) -> Backlog:
    """Return the backlog from the period's start to the end of the watch.

    Args:
        cases: that count.
        cohort: the period.
    """
    days = -(-(cohort.as_of - cohort.from_at) // DAY_MS)
    step = DAY_MS * max(1, -(-days // POINTS_MAX))
    at = [*range(cohort.from_at, cohort.as_of, step), cohort.as_of]
    begun = sorted(one.case.noticed_at for one in cases)
    ended = sorted(one.case.gone_at for one in cases if one.case.gone_at is not None)
    return Backlog(
        at=tuple(at),
        open=tuple(bisect_right(begun, t) - bisect_right(ended, t) for t in at),
        late=None if cohort.norm_s is None else _late(cases, cohort.norm_s * SECOND_MS, at),
    )


def _late(cases: Cases, norm_ms: int, at: Sequence[Instant]) -> tuple[int, ...]:
    late = [one.case for one in cases if one.verdict is NormVerdict.LATE]
    begun = sorted(one.noticed_at + norm_ms for one in late)
    ended = sorted(
        max(one.gone_at, one.noticed_at + norm_ms) for one in late if one.gone_at is not None
    )
    return tuple(bisect_right(begun, t) - bisect_right(ended, t) for t in at)
