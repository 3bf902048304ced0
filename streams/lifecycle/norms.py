"""Norm verdicts: whether a hoster kept a term, three-valued (DESIGN 3.8)."""

from collections.abc import Sequence
from typing import TypeAlias

from schemas.case import CaseSummary, PackedReport
from schemas.moments import Instant
from schemas.reasons import NormVerdict, Outcome
from streams.lifecycle.episode import Episode
from streams.lifecycle.notices import Clock

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
        last_seen_at: L, of those sightings that need no person to say what was seen.
        removed_at: R of a removal; None for an open case and for every other end.
    """
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if removed_at is not None and removed_at - noticed_at <= norm_s * 1_000:
        return NormVerdict.IN_TIME
    if last_seen_at is not None and last_seen_at - noticed_at > norm_s * 1_000:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED


def clocks(report: PackedReport, told: Clock) -> Sequence[Norm]:
    """Return each norm with the notice it runs from.

    Terms shorter than the sector's are those of orders and judged only from one (DESIGN 3.1).
    """
    return [
        (n, told.ordered_at if n < report.sector_norm_s else told.noticed_at)
        for n in report.norms_s
    ]


def again(report: PackedReport, again_at: Instant) -> Sequence[Norm]:
    """Return each norm with the notice after a return; orders' terms need an order of their own."""
    return [(n, None if n < report.sector_norm_s else again_at) for n in report.norms_s]


def verdicts(norms: Sequence[Norm], episode: Episode) -> tuple[NormVerdict, ...]:
    """Judge the first end that stood, else the present one."""
    if episode.first_end is not None:
        proven_at, removed_at = episode.first_proven_at, episode.first_end[1]
        return tuple(norm_verdict(n, from_at, proven_at, removed_at) for n, from_at in norms)
    return judged(norms, episode)


def judged(norms: Sequence[Norm], episode: Episode) -> tuple[NormVerdict, ...]:
    """Judge the present state; dark is never in time and never late, suspect never in time."""
    end = episode.end
    if end is not None and end.state is Outcome.DARK:
        return (NormVerdict.UNDETERMINED,) * len(norms)
    removed = end is not None and end.state is Outcome.REMOVED and not episode.suspect
    gone_at = end.gone_at if end is not None and removed else None
    return tuple(norm_verdict(n, from_at, episode.proven_at, gone_at) for n, from_at in norms)


def next_norm_at(report: PackedReport, case: CaseSummary, told: Clock) -> Instant | None:
    """Return the instant past which a sighting makes a norm's verdict another; None = none does."""
    norms = list(zip(again(report, case.again_noticed_at or 0), case.again_verdicts, strict=False))
    if case.first_end is None:
        norms += zip(clocks(report, told), case.verdicts, strict=True)
    running = [
        from_at + norm_s * 1_000
        for (norm_s, from_at), verdict in norms
        if verdict is NormVerdict.UNDETERMINED and from_at is not None
    ]
    return min(running, default=None)
