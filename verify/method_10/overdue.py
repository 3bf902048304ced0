"""What is overdue, when a case became late, and the hotline's own delay (rules 3.2 and 3.9)."""

from collections.abc import Sequence

from schemas.moments import SECOND_MS, Instant
from schemas.reasons import OPEN, NormVerdict, Outcome
from verify.ledger.records import UrlRecords
from verify.method_10.clock import Clock
from verify.method_10.stays import Episode
from verify.method_10.told import DELIVERED


def is_overdue(
    episode: Episode,
    outcome: Outcome | None,
    time: Clock,
    verdicts: tuple[Sequence[NormVerdict], NormVerdict | None, Sequence[NormVerdict]],
    as_of: Instant,
) -> tuple[bool, bool]:
    """Return whether an open case is overdue, and whether overdue unseen (rule 3.9).

    Args:
        episode: the case.
        outcome: its class.
        time: its clock.
        verdicts: by norm, of its orders, and by norm after a return.
        as_of: the instant.
    """
    if outcome not in OPEN or outcome is Outcome.AWAITING or time.notice is None:
        return False, False
    if time.standing != DELIVERED:
        return False, False  # it is shown, and nobody is alerted on for it
    first, order, again = verdicts
    returned = any(
        stay.back_at is not None and stay.end is not None and stay.end.gone_at > time.notice.at
        for stay in episode.stays
    )
    if returned:
        running, norms_s = list(again), time.again_notice.norms_s if time.again_notice else ()
        from_at = time.again_at
    else:
        running, norms_s = [*first, *([order] if order else [])], time.notice.norms_s
        from_at = time.at
    if from_at is None or not running:
        return False, False
    if NormVerdict.LATE in running:
        return True, False
    due = [from_at + n * SECOND_MS for n in norms_s]
    if not returned:
        due += [o.at + o.term_s * SECOND_MS for o in time.orders if o.term_s is not None]
    past = bool(due) and as_of > min(due)
    return False, past and NormVerdict.UNDETERMINED in running


def late_at(
    time: Clock,
    norms_s: Sequence[int],
    verdicts: Sequence[NormVerdict],
    order: NormVerdict | None,
    again: Sequence[NormVerdict],
) -> Instant | None:
    """Return the instant at which the window counts a case late: noticed_at + N (rule 3.9)."""
    if time.standing != DELIVERED or time.at is None:
        return None
    at = time.at
    late = [
        at + n * SECOND_MS for n, v in zip(norms_s, verdicts, strict=True) if v is NormVerdict.LATE
    ]
    if order is NormVerdict.LATE:
        late += [o.at + o.term_s * SECOND_MS for o in time.orders if o.term_s is not None]
    if time.again_at is not None and time.again_notice is not None:
        late += [
            time.again_at + n * SECOND_MS
            for n, v in zip(time.again_notice.norms_s, again, strict=True)
            if v is NormVerdict.LATE
        ]
    return min(late, default=None)


def delay(url: UrlRecords, time: Clock, later_at: Instant | None) -> tuple[str, int] | None:
    """Return which hotline's notice started the clock, and how long after its own report it was.

    Args:
        url: what was told.
        time: the clock of a case.
        later_at: when the case opened, if the URL was reported before; None = with its report.
    """
    if time.notice is None:
        return None
    own = [r.reported_at for r in url.reports if r.hotline == time.notice.hotline]
    if not own:
        return None
    began_at = min(own) if later_at is None else max(min(own), later_at)
    return time.notice.hotline, max(0, time.notice.at - began_at)
