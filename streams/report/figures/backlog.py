"""How many of a report's cases were open over time, and how many were late by then.

It speaks of the cases of the report alone. After its period none is added; one may come back.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.closed_lists import BACKLOG, NormVerdict
from schemas.moments import DAY_MS, SECOND_MS, Instant
from streams.report.cohort import Cohort
from streams.report.figures.counted import Cases
from streams.report.published_case import PublishedCase

POINTS_MAX: Final = 60


class Backlog(Struct, frozen=True, kw_only=True):
    """Readings of the backlog.

    Attributes:
        at: instants, ascending.
        open: cases whose hoster had been told and that had not ended, or had come back and are open
            at the end of the watch. Of one whose return has no instant, the last reading alone.
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
    return Backlog(
        at=tuple(at),
        open=_open([_Stretch.of(one.case, cohort) for one in cases], at),
        late=None if cohort.norm_s is None else _late(cases, cohort, at),
    )


class _Stretch(NamedTuple):
    """When a case was open: from one instant to another, and from a third on; None = never."""

    from_at: Instant
    until: Instant | None
    again_at: Instant | None

    @classmethod
    def of(cls, case: PublishedCase, cohort: Cohort, since_ms: int = 0) -> "_Stretch":
        """Return a case's, from so long after its notice on, milliseconds."""
        from_at, gone_at = case.noticed_at + since_ms, case.gone_at
        if gone_at is None:
            return cls(from_at, None, None)
        back_at = cohort.as_of if case.back_at is None else case.back_at
        again_at = max(back_at, from_at) if case.case_class in BACKLOG else None
        return cls(from_at, max(gone_at, from_at), again_at)


def _open(stretches: Sequence[_Stretch], at: Sequence[Instant]) -> tuple[int, ...]:
    begun = sorted(one.from_at for one in stretches)
    ended = sorted(one.until for one in stretches if one.until is not None)
    again = sorted(one.again_at for one in stretches if one.again_at is not None)
    return tuple(
        bisect_right(begun, t) - bisect_right(ended, t) + bisect_right(again, t) for t in at
    )


def _late(cases: Cases, cohort: Cohort, at: Sequence[Instant]) -> tuple[int, ...]:
    norm_ms = (cohort.norm_s or 0) * SECOND_MS
    late = [one.case for one in cases if one.verdict is NormVerdict.LATE]
    return _open([_Stretch.of(one, cohort, norm_ms) for one in late], at)
