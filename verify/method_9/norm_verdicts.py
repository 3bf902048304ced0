"""Norm verdicts of a case, and whether it is overdue.

See docs/measurement.md, Norm verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.closed_lists import BACKLOG, CaseClass, NormVerdict
from schemas.moments import SECOND_MS, Instant
from verify.ledger.records import UrlRecords
from verify.method_9.case_history import CaseHistory
from verify.method_9.hosting_spells import HostingSpell
from verify.method_9.notice_times import NoticeTimes
from verify.method_9.timeline_entry import TimelineEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseParts:
    """One case with what it is made from; `is_later`: the URL was reported before it opened."""

    records: UrlRecords
    spell: HostingSpell
    id: str
    history: CaseHistory
    times: NoticeTimes
    seen: Sequence[TimelineEntry]
    is_later: bool


def overdue_of(
    part: CaseParts, case_class: CaseClass | None, as_of: Instant
) -> tuple[Instant | None, bool, bool]:
    """Return when it became late, whether it is overdue, and whether it is so unseen."""
    times, last_at = part.times, part.history.last_at
    if times.norm_from_at is None:
        return None, False, False
    due_at = times.norm_from_at + times.norm_s * SECOND_MS
    late = last_at is not None and last_at > due_at and not is_unbacked(part)
    noticed = times.noticed_at is not None and times.noticed_at <= as_of
    watched = noticed and case_class in BACKLOG
    return due_at if late else None, watched and late, watched and not late and as_of > due_at


def again_verdicts(
    norms_s: Sequence[int], sector_s: int, part: CaseParts
) -> tuple[NormVerdict, ...]:
    """Judge what followed a return from the first notice after it; orders' terms are not."""
    again_at = part.times.again_at
    if again_at is None:
        return ()
    history = part.history
    return tuple(
        judge(n, None if n < sector_s else again_at, history.backed_at, removed_at_of(history))
        if not is_dark(history)
        else NormVerdict.UNDETERMINED
        for n in norms_s
    )


def norm_verdict(norm_s: int, from_at: Instant | None, history: CaseHistory) -> NormVerdict:
    """Judge a norm on the first removal that stood, else on what stands."""
    if history.first_end is not None:
        return judge(norm_s, from_at, history.first_backed_at, history.first_end[1])
    if is_dark(history):
        return NormVerdict.UNDETERMINED
    return judge(norm_s, from_at, history.backed_at, removed_at_of(history))


def is_unbacked(part: CaseParts) -> bool:
    """Return whether all that was seen after the norm of overdue ran out lacks a control."""
    from_at, history = part.times.norm_from_at, part.history
    if from_at is None:
        return False
    due_at = from_at + part.times.norm_s * SECOND_MS
    seen, backed = (
        max(at, default=-1) > due_at for at in (history.sightings, history.backed_of_any)
    )
    return seen and not backed


def is_undecided(part: CaseParts) -> bool:
    """Return whether a norm would be another with a control for what was seen after it."""
    history, times, first = part.history, part.times, part.records.reports[0]
    newest_unbacked_at = max(history.unbacked, default=None)

    def others(from_at: Instant | None, n: int, known: tuple[Instant | None, ...]) -> bool:
        backed_at, unbacked_at, removed_at = known
        without = judge(n, from_at, backed_at, removed_at)
        present_at = [at for at in (backed_at, unbacked_at) if at is not None]
        return without is not judge(n, from_at, max(present_at, default=None), removed_at)

    present = history.backed_at, newest_unbacked_at, removed_at_of(history)
    begun = present
    if history.first_end is not None:
        begun = history.first_backed_at, history.first_unbacked_at, history.first_end[1]
    for n in first.norms_s:
        ordered = n < first.sector_norm_s
        from_at = times.ordered_at if ordered else times.noticed_at
        dark = is_dark(history)
        if (history.first_end is not None or not dark) and others(from_at, n, begun):
            return True
        again_at = None if ordered or dark else times.again_at
        if others(again_at, n, present):
            return True
    return False


def is_dark(history: CaseHistory) -> bool:
    """Return whether its whole host was dark at the end."""
    return history.end is not None and history.end.case_class is CaseClass.DARK


def removed_at_of(history: CaseHistory) -> Instant | None:
    """Return R of a removal that nobody disputes."""
    end = history.end
    if end is None or end.case_class is not CaseClass.REMOVED or history.suspect:
        return None
    return end.gone_at


def judge(
    norm_s: int, from_at: Instant | None, last_at: Instant | None, removed_at: Instant | None
) -> NormVerdict:
    """Judge a norm: by when it was removed, else by when it was last there."""
    if from_at is not None:
        if removed_at is not None and removed_at - from_at <= norm_s * SECOND_MS:
            return NormVerdict.IN_TIME
        if last_at is not None and last_at - from_at > norm_s * SECOND_MS:
            return NormVerdict.LATE
    return NormVerdict.UNDETERMINED
