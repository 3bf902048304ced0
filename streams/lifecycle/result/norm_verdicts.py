"""Norm verdicts: whether a hoster kept a term, three-valued.

See docs/measurement.md, Norm verdicts.
"""

from collections.abc import Sequence
from typing import TypeAlias

from schemas.moments import Instant
from schemas.reasons import NormVerdict, Outcome
from schemas.records.case import CaseSummary
from schemas.records.case_events import PackedReport
from streams.lifecycle.machine.episode import Episode
from streams.lifecycle.result.notices import NoticeTimes
from streams.norms.overdue import bare, due_at

Norm: TypeAlias = tuple[int, Instant | None]
"""A term in seconds, and the notice it runs from; None = it does not."""


def norm_verdict(
    norm_s: int,
    noticed_at: Instant | None,
    last_seen_at: Instant | None,
    removed_at: Instant | None,
) -> NormVerdict:
    """Return the verdict on one norm.

    Args:
        norm_s: the time allowed after notice, seconds.
        noticed_at: the delivered notice; None = no clock runs.
        last_seen_at: L, of those sightings that need no person and no control to say what was seen.
        removed_at: R of a removal; None for an open case and for every other end.
    """
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if removed_at is not None and removed_at - noticed_at <= norm_s * 1_000:
        return NormVerdict.IN_TIME
    if last_seen_at is not None and last_seen_at - noticed_at > norm_s * 1_000:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED


def norm_start_times(report: PackedReport, times: NoticeTimes) -> Sequence[Norm]:
    """Return each norm with the notice it runs from.

    Terms shorter than the sector's are those of orders and judged only from one
    (docs/measurement.md, Norm verdicts).
    """
    return [
        (n, times.ordered_at if n < report.sector_norm_s else times.noticed_at)
        for n in report.norms_s
    ]


def again(report: PackedReport, again_at: Instant) -> Sequence[Norm]:
    """Return each norm with the notice after a return; orders' terms need an order of their own."""
    return [(n, None if n < report.sector_norm_s else again_at) for n in report.norms_s]


def verdicts(norms: Sequence[Norm], episode: Episode) -> tuple[NormVerdict, ...]:
    """Judge the first end that stood, else the present one."""
    if episode.first_end is not None:
        proven_at, removed_at = episode.first_proven_at, episode.first_removed_at
        return tuple(norm_verdict(n, from_at, proven_at, removed_at) for n, from_at in norms)
    return judged(norms, episode)


def judged(norms: Sequence[Norm], episode: Episode) -> tuple[NormVerdict, ...]:
    """Judge the present state; dark is never in time and never late, suspect never in time."""
    end = episode.end
    if end is not None and end.state is Outcome.DARK:
        return (NormVerdict.UNDETERMINED,) * len(norms)
    proven_at, removed_at = episode.proven_at, episode.removed_at
    return tuple(norm_verdict(n, from_at, proven_at, removed_at) for n, from_at in norms)


def next_norm_at(
    report: PackedReport, case: CaseSummary, times: NoticeTimes, backed_at: Instant | None
) -> Instant | None:
    """Return the instant past which a sighting makes a norm's verdict another, or the case overdue.

    Args:
        report: the URL's earliest.
        case: the case.
        times: its notices.
        backed_at: its last backed sighting.

    Returns:
        None = there is none.
    """
    running = _running(again(report, case.again_noticed_at or 0), case.again_verdicts)
    if case.first_end is None:
        running += _running(norm_start_times(report, times), case.verdicts)
    due = due_at(case)
    if due is not None and (backed_at is None or backed_at <= due):
        running.append(due)
    return min(running, default=None)


def _running(norms: Sequence[Norm], verdicts: Sequence[NormVerdict]) -> list[Instant]:
    """Return when the norms of which nothing is known run out, or ran out."""
    return [
        from_at + norm_s * 1_000
        for (norm_s, from_at), verdict in zip(norms, verdicts, strict=False)
        if verdict is NormVerdict.UNDETERMINED and from_at is not None
    ]


def wants_control(
    report: PackedReport, case: CaseSummary, times: NoticeTimes, episode: Episode
) -> bool:
    """Return whether a control could make a case late or overdue: sightings past the norm are bare.

    Args:
        report: the URL's earliest.
        case: the case.
        times: its notices.
        episode: its history.
    """
    if bare(case, episode.backed_at):
        return True
    at, first_at = episode.bare_at, episode.first_bare_at
    if at is None:
        return False  # by far the most frequent
    is_dark = episode.end is not None and episode.end.state is Outcome.DARK
    present = (
        [] if is_dark else _running(again(report, case.again_noticed_at or 0), case.again_verdicts)
    )
    first: list[Instant] = []
    if episode.first_end is not None:
        first = _running(norm_start_times(report, times), case.verdicts)
    elif not is_dark:
        present += _running(norm_start_times(report, times), case.verdicts)
    is_late = any(at > norm_at for norm_at in present)
    return is_late or (first_at is not None and any(first_at > norm_at for norm_at in first))
