"""What a return means: which ends were the hoster's, and which returns count.

See docs/measurement.md, Coming back.

All of it is a function of the finished history and of the notice. Only ends after the notice are
the hoster's: one before it is no removal, and its return names nobody. What is judged of an end,
and of what followed it, stands in `streams.lifecycle.result.norm_verdicts`.
"""

from typing import NamedTuple

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from schemas.records.case import Return
from streams.lifecycle.machine.case_history import CaseHistory, End


class Returns(NamedTuple):
    """What a case's ends and returns come to.

    Attributes:
        first_end: (L, R] of the first end after the clock began that a sighting followed and that
            stands, if it was a removal; L is the notice where nobody saw it before. None = none.
        counted: reappearances, each with the end it followed.
        before_notice: how many returns followed an end that came before any notice to the hoster.
    """

    first_end: tuple[Instant, Instant] | None
    counted: tuple[Return, ...]
    before_notice: int


def returns_of(history: CaseHistory, noticed_at: Instant | None) -> Returns:
    """Return what the ends and returns of a case come to."""
    if not history.earlier_ends:
        return _NONE  # by far the most frequent
    after_notice = [past for past in history.earlier_ends if _is_after_notice(past.end, noticed_at)]
    removed = bool(after_notice) and after_notice[0].end.state is CaseClass.REMOVED
    counted = [
        _return(past.end, past.returned_at, noticed_at)
        for past in after_notice
        if past.returned_at is not None
    ]
    returned = [past for past in history.earlier_ends if past.returned_at is not None]
    return Returns(
        first_end=_interval(after_notice[0].end, noticed_at) if removed else None,
        counted=tuple(counted),
        before_notice=len(returned) - len(counted),
    )


_NONE = Returns(None, (), 0)


def _is_after_notice(end: End, noticed_at: Instant | None) -> bool:
    """Return whether an end came after the notice."""
    return noticed_at is not None and end.gone_at > noticed_at


def _return(end: End, back_at: Instant, noticed_at: Instant | None) -> Return:
    return Return(*_interval(end, noticed_at), back_at, end.state is CaseClass.MOVED)


def _interval(end: End, noticed_at: Instant | None) -> tuple[Instant, Instant]:
    """Return (L, R] of an end; without a sighting L is the notice, or R if that is earlier."""
    if end.last_seen_at is not None:
        return end.last_seen_at, end.gone_at
    return min(noticed_at or end.gone_at, end.gone_at), end.gone_at
