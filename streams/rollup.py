"""From cases to figures: nothing is counted on the way, everything is read off the summaries.

Figures of an instant are a function of the summaries and the instant. What time alone changes
(overdue, dark, expired) therefore needs no event, and a replay gives the same figures.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from schemas.case import CaseSummary, Phase
from schemas.moments import Instant
from schemas.reasons import OPEN, Flag, NormVerdict, Outcome, Role
from streams.figures import (
    NORMS_S,
    REMOVAL_BOUNDS_S,
    HosterFigures,
    NormCount,
    Spans,
    Unavailable,
    merged,
)
from streams.windows import Event, Window, counts

OTHER: Final = "other"
TOTAL: Final = "total"

BACKLOG: Final = OPEN - {Outcome.AWAITING}

_UNTIMED: Final = frozenset({Outcome.GONE_BEFORE_NOTICE, Outcome.NEVER_ONLINE})
"""Noticed cases in which the hoster had nothing to remove: no removal time, no norm."""

_NEVER_LATE: Final = _UNTIMED | {Outcome.WITHDRAWN, Outcome.EXCLUDED, Outcome.DARK}
"""Cases that are in no count of late ones."""

_UNJUDGED: Final = _UNTIMED | {Outcome.WITHDRAWN, Outcome.EXCLUDED}
"""Noticed cases that no norm is asked of (DESIGN 3.8)."""

WATCHED_EVENTS: Final = 10
"""A backlog cannot grow by more than this, the least growth the alert speaks of, without as
many notices and returns; a hoster with more of them in a week is shown by name, so that its
series is there before an alert on it can be due."""


def phase_at(summary: CaseSummary, as_of: Instant) -> Phase | None:
    """Return the phase a case is in, None before its first."""
    current = None
    for phase in summary.phases:
        if phase.from_at > as_of:
            break
        current = phase
    return current


def class_at(summary: CaseSummary, as_of: Instant) -> Outcome | None:
    """Return the one class a case is in, None before it exists."""
    phase = phase_at(summary, as_of)
    return phase.outcome if phase else None


def figures(
    hoster: str, role: Role, summaries: Iterable[CaseSummary], as_of: Instant
) -> HosterFigures:
    """Work out what is said of one hoster in one role.

    Args:
        hoster: whose cases they are, for the record only.
        role: the role of all of them.
        summaries: its cases, in any order.
        as_of: the instant the figures hold for; cases that begin later are left out.
    """
    tally = _Tally(as_of)
    for summary in summaries:
        phase = phase_at(summary, as_of)
        if phase is not None:
            tally.add(summary, phase)
    return tally.figures(hoster, role)


def totals(parts: Sequence[HosterFigures], as_of: Instant) -> list[HosterFigures]:
    """Add up all hosters, each role by itself."""
    return [merged(TOTAL, role, as_of, [p for p in parts if p.role is role]) for role in Role]


def watched(figures: HosterFigures) -> bool:
    """Say whether an alert on growth may become due for this hoster."""
    week = sum(figures.windows[event][Window.WEEK] for event in (Event.NOTICED, Event.REAPPEARED))
    return week > WATCHED_EVENTS


def fold_for_display(
    parts: Sequence[HosterFigures], named_max: int, alerting: Collection[tuple[str, Role]]
) -> list[HosterFigures]:
    """Name the hosters with the largest backlog, add up the rest as `other` per role.

    Args:
        parts: figures of all hosters.
        named_max: how many are named over both roles; alerting ones are named beyond it.
        alerting: hosters that are always named: an alert speaks of a hoster's own figure.

    Returns:
        The named ones, largest backlog first, then `other` of each role that has any.
    """
    ranked = sorted(parts, key=lambda p: (-p.open, -p.overdue_unseen, -p.reported, p.hoster))
    named = [p for i, p in enumerate(ranked) if i < named_max or (p.hoster, p.role) in alerting]
    kept = {(p.hoster, p.role) for p in named}
    for role in Role:
        rest = [p for p in ranked if p.role is role and (p.hoster, p.role) not in kept]
        if rest:
            named.append(merged(OTHER, role, rest[0].as_of, rest))
    return named


class _Tally:
    """Takes in one hoster's cases one by one."""

    def __init__(self, as_of: Instant) -> None:
        self.as_of = as_of
        self.outcomes: Counter[Outcome] = Counter()
        self.noticed = self.overdue = self.overdue_unseen = self.not_naming = 0
        self.open_since: list[Instant] = []
        self.verdicts: Counter[tuple[int, NormVerdict]] = Counter()
        self.removals: list[int] = []
        self.ended: list[tuple[int, bool]] = []
        self.online: list[tuple[int, bool]] = []
        self.events: dict[Event, list[Instant]] = {event: [] for event in Event}
        self.flags: Counter[Flag] = Counter()

    def add(self, case: CaseSummary, phase: Phase) -> None:
        """Take in one case that is in `phase`."""
        self.outcomes[phase.outcome] += 1
        self.not_naming += not case.naming
        self.flags.update(case.flags)
        for event, at in _events(case, phase.outcome):
            self.events[event].append(at)
        if case.noticed_at is None or case.noticed_at > self.as_of:
            return
        self.noticed += 1
        if phase.outcome in BACKLOG:
            self.open_since.append(case.noticed_at)
            self._judge_open(case)
        if phase.outcome not in _UNJUDGED:
            for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=False):
                dark = phase.outcome is Outcome.DARK  # never in_time and never late, DESIGN 3.3
                self.verdicts[norm_s, NormVerdict.UNDETERMINED if dark else verdict] += 1
        if phase.outcome not in _UNJUDGED:
            self._time(case, phase, case.noticed_at)

    def _judge_open(self, case: CaseSummary) -> None:
        if case.norm_from_at is None:
            return
        due_at = case.norm_from_at + 1_000 * case.norm_s
        if case.last_seen_at is not None and case.last_seen_at > due_at:
            self.overdue += 1
        elif self.as_of > due_at:
            self.overdue_unseen += 1

    def _time(self, case: CaseSummary, phase: Phase, noticed_at: Instant) -> None:
        """Add the case's removal time, or how long it is known to have lasted.

        Removed cases ended at R. All others were seen until L and are censored there: what
        happened since is not known, and a case gone but not yet confirmed must not count as
        a long-lived one. Unavailable cases are what the two estimates differ in: ended when
        the class began, or there to this day.
        """
        if phase.outcome is Outcome.REMOVED and case.gone_at is not None:
            took = max(0, case.gone_at - noticed_at)
            self.removals.append(took)
            self.ended.append((took, True))
            self.online.append((took, True))
        elif phase.outcome is Outcome.UNAVAILABLE:
            self.ended.append((max(0, phase.from_at - noticed_at), True))
            self.online.append((self.as_of - noticed_at, False))
        else:
            seen = max(0, (case.last_seen_at or noticed_at) - noticed_at)
            self.ended.append((seen, False))
            self.online.append((seen, False))

    def figures(self, hoster: str, role: Role) -> HosterFigures:
        """Return the figures of all cases taken in."""
        windows = {event: counts(at, self.as_of) for event, at in self.events.items()}
        return HosterFigures(
            hoster=hoster,
            role=role,
            as_of=self.as_of,
            outcomes={outcome: self.outcomes[outcome] for outcome in Outcome},
            noticed=self.noticed,
            overdue=self.overdue,
            overdue_unseen=self.overdue_unseen,
            oldest_open_at=min(self.open_since, default=None),
            norms=self._norms(),
            removal_counts=_histogram(self.removals),
            removal_sum_ms=sum(self.removals),
            spans={
                Unavailable.ENDED: Spans.of(self.ended),
                Unavailable.ONLINE: Spans.of(self.online),
            },
            windows=windows,
            reappearances=sum(at <= self.as_of for at in self.events[Event.REAPPEARED]),
            not_naming=self.not_naming,
            flags={flag: self.flags[flag] for flag in Flag},
        )

    def _norms(self) -> tuple[NormCount, ...]:
        known = {norm_s for norm_s, _ in self.verdicts} | set(NORMS_S)
        return tuple(
            NormCount(
                norm_s=norm_s,
                in_time=self.verdicts[norm_s, NormVerdict.IN_TIME],
                late=self.verdicts[norm_s, NormVerdict.LATE],
                undetermined=self.verdicts[norm_s, NormVerdict.UNDETERMINED],
            )
            for norm_s in sorted(known)
        )


def _events(case: CaseSummary, outcome: Outcome) -> Iterator[tuple[Event, Instant]]:
    """Give what happened to a case, each once.

    An end that a return followed stands in `returns`; where the return came too late to
    re-open the case, the same end is also its last one.
    """
    yield Event.REPORTED, case.reported_at
    if case.noticed_at is not None:
        yield Event.NOTICED, case.noticed_at
    ends = {back.gone_at for back in case.returns}
    if outcome is Outcome.REMOVED and case.gone_at is not None:
        ends.add(case.gone_at)
    for at in ends:
        yield Event.REMOVED, at
    for back in case.returns:
        yield Event.REAPPEARED, back.back_at
    if case.norm_from_at is None or case.last_seen_at is None or outcome in _NEVER_LATE:
        return
    due_at = case.norm_from_at + 1_000 * case.norm_s
    if case.last_seen_at > due_at:
        yield Event.LATE, due_at


def _histogram(removals_ms: Iterable[int]) -> tuple[int, ...]:
    """Count removal times per bucket; a time on a bound belongs to the bucket it closes."""
    bounds = [1_000 * bound for bound in REMOVAL_BOUNDS_S]
    found = [0] * (len(bounds) + 1)
    for took in removals_ms:
        found[bisect_left(bounds, took)] += 1
    return tuple(found)
