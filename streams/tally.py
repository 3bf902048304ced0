"""Takes in one hoster's cases one by one and says what follows for its figures."""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from schemas.case import Phase
from schemas.ledger import HotlineId
from schemas.moments import Instant
from schemas.reasons import OPEN, Flag, NormVerdict, Outcome, Role
from streams.alike import Alike
from streams.brackets import unprobed
from streams.estimates import Judged, NormCount, Spans
from streams.figures import (
    DELAY_BOUNDS_S,
    NORMS_S,
    REMOVAL_BOUNDS_S,
    Delays,
    HosterFigures,
    Included,
    Unavailable,
)
from streams.heldcase import Counted
from streams.measurable import is_measurable
from streams.openage import open_ages
from streams.survival import span_code
from streams.weights import weight
from streams.windows import WIDEST_MS, Event, counts

BACKLOG: Final = OPEN - {Outcome.AWAITING}

_UNTIMED: Final = frozenset({Outcome.GONE_BEFORE_NOTICE, Outcome.NEVER_ONLINE})
"""Noticed cases in which the hoster had nothing to remove: no removal time, no norm."""

_NEVER_LATE: Final = _UNTIMED | {Outcome.WITHDRAWN, Outcome.EXCLUDED, Outcome.DARK}
"""Cases that are in no count of late ones."""

UNJUDGED: Final = _UNTIMED | {Outcome.WITHDRAWN, Outcome.EXCLUDED}
"""Noticed cases that no norm is asked of (DESIGN 3.8)."""

_BOUNDS_MS: Final = [1_000 * bound for bound in REMOVAL_BOUNDS_S]
_DELAY_BOUNDS_MS: Final = [1_000 * bound for bound in DELAY_BOUNDS_S]


class _Kind:
    """Cases of one class: how many, and what the class means for the figures.

    Asked of a set, each of these would hash the class anew, which costs more than all else.
    """

    __slots__ = ("backlog", "cases", "dark", "judged", "late", "removed", "unavailable")

    def __init__(self, outcome: Outcome) -> None:
        self.cases = 0
        self.backlog = outcome in BACKLOG
        self.judged = outcome not in UNJUDGED
        self.late = outcome not in _NEVER_LATE
        self.dark = outcome is Outcome.DARK
        self.removed = outcome is Outcome.REMOVED
        self.unavailable = outcome is Outcome.UNAVAILABLE


class Tally:
    """The cases of one hoster in one role.

    Args:
        as_of: the instant that figures hold for.
    """

    def __init__(self, as_of: Instant) -> None:
        """Begin with no case."""
        self._as_of = as_of
        self._kinds = {outcome: _Kind(outcome) for outcome in Outcome}
        self._noticed = self._overdue = self._overdue_unseen = self._not_naming = 0
        self._followed = self._unmeasurable = 0
        self._unprobed = self._rechecked = self._disagreed = 0
        self._open_noticed: array[Instant] = array("q")
        self._by_inclusion: dict[float, Alike] = {}
        self._events: dict[Event, list[Instant]] = {event: [] for event in Event}
        self._reported, self._told = self._events[Event.REPORTED], self._events[Event.NOTICED]
        self._flags: Counter[Flag] = Counter()
        self._delays: dict[HotlineId, list[int]] = defaultdict(list)

    def add(self, case: Counted, phase: Phase) -> None:
        """Take in one case that is in `phase`."""
        kind = self._kinds[phase.outcome]
        kind.cases += 1
        self._not_naming += not case.naming
        self._rechecked += case.rechecked > 0
        self._disagreed += case.disagreed > 0
        if case.flags:
            self._flags.update(case.flags)
        self._happened(case, kind)
        alike = self._by_inclusion.get(case.inclusion)
        if alike is None:
            alike = self._by_inclusion[case.inclusion] = Alike()
        alike.cases += 1
        alike.sampled += case.sampled
        noticed_at = case.noticed_at
        if noticed_at is None or noticed_at > self._as_of:
            return
        self._noticed += 1
        if case.delay is not None and noticed_at > self._as_of - WIDEST_MS:
            self._delays[case.delay[0]].append(case.delay[1])
        if kind.backlog:
            self._open(case, noticed_at)
        if not kind.judged:
            return
        if case.sampled:
            alike.judge(case, dark=kind.dark)
            self._time(case, phase, kind, alike)
            if noticed_at > self._as_of - WIDEST_MS:
                self._followed += 1
                self._unmeasurable += not is_measurable(case, phase.outcome, self._as_of)
        else:
            alike.left_out.update(case.norms_s)

    def _open(self, case: Counted, noticed_at: Instant) -> None:
        self._open_noticed.append(noticed_at)
        if case.sampled:  # to the others no look on time is promised
            self._unprobed += unprobed(case, self._as_of).missed > 0
        if case.norm_from_at is None:
            return
        due_at = case.norm_from_at + 1_000 * case.norm_s
        if case.last_seen_at is not None and case.last_seen_at > due_at:
            self._overdue += 1
        elif self._as_of > due_at:
            self._overdue_unseen += 1

    def _happened(self, case: Counted, kind: _Kind) -> None:
        """Add what happened to the case, each thing once.

        An end that a return followed stands in `returns`; where the return came too late to
        re-open the case, the same end is also its last one.
        """
        self._reported.append(case.reported_at)
        if case.noticed_at is not None:
            self._told.append(case.noticed_at)
        gone_at = case.gone_at if kind.removed else None
        if case.returns:
            ends = {back.gone_at for back in case.returns}
            self._events[Event.REMOVED] += ends
            self._events[Event.REAPPEARED] += [back.back_at for back in case.returns]
            gone_at = None if gone_at in ends else gone_at
        if gone_at is not None:
            self._events[Event.REMOVED].append(gone_at)
        if case.norm_from_at is None or case.last_seen_at is None or not kind.late:
            return
        due_at = case.norm_from_at + 1_000 * case.norm_s
        if case.last_seen_at > due_at:
            self._events[Event.LATE].append(due_at)

    def _time(self, case: Counted, phase: Phase, kind: _Kind, alike: Alike) -> None:
        """Add the case's removal time, or how long it is known to have lasted.

        Removed cases ended at R. All others were seen until L and are censored there: what
        happened since is not known, and a case gone but not yet confirmed must not count as
        a long-lived one. Unavailable cases are what the two estimates differ in: ended when
        the class began, or there to this day.
        """
        noticed_at = case.noticed_at or 0
        if kind.removed and case.gone_at is not None:
            took = max(0, case.gone_at - noticed_at)
            alike.removals.append(took)
            ended = online = span_code(took, ended=True)
        elif kind.unavailable:
            ended = span_code(max(0, phase.from_at - noticed_at), ended=True)
            online = span_code(self._as_of - noticed_at, ended=False)
        else:
            seen = max(0, (case.last_seen_at or noticed_at) - noticed_at)
            ended = online = span_code(seen, ended=False)
        alike.ended.append(ended)
        alike.online.append(online)

    def figures(self, hoster: str, role: Role) -> HosterFigures:
        """Return the figures of all cases taken in."""
        by_inclusion = self._by_inclusion
        return HosterFigures(
            hoster=hoster,
            role=role,
            as_of=self._as_of,
            outcomes={outcome: kind.cases for outcome, kind in self._kinds.items()},
            noticed=self._noticed,
            overdue=self._overdue,
            overdue_unseen=self._overdue_unseen,
            oldest_open_at=min(self._open_noticed, default=None),
            open_ages=open_ages(self._open_noticed, self._as_of),
            included=tuple(
                Included(p, by_inclusion[p].sampled, by_inclusion[p].cases)
                for p in sorted(by_inclusion)
            ),
            unprobed=self._unprobed,
            followed=self._followed,
            unmeasurable=self._unmeasurable,
            rechecked=self._rechecked,
            disagreed=self._disagreed,
            norms=self._norms(),
            removal_weights=self._removal_weights(),
            removal_weight_ms=sum(weight(p) * sum(a.removals) for p, a in by_inclusion.items()),
            spans={
                Unavailable.ENDED: Spans.of({p: a.ended for p, a in by_inclusion.items()}),
                Unavailable.ONLINE: Spans.of({p: a.online for p, a in by_inclusion.items()}),
            },
            windows={event: counts(at, self._as_of) for event, at in self._events.items()},
            reappearances=sum(at <= self._as_of for at in self._events[Event.REAPPEARED]),
            not_naming=self._not_naming,
            flags={flag: self._flags[flag] for flag in Flag},
            delays={hotline: _delays(took) for hotline, took in sorted(self._delays.items())},
        )

    def _norms(self) -> tuple[NormCount, ...]:
        known = set(NORMS_S)
        judged: dict[int, list[Judged]] = defaultdict(list)
        for inclusion, alike in sorted(self._by_inclusion.items()):
            verdicts = alike.judged()
            for norm_s in {n for n, _ in verdicts} | alike.left_out.keys():
                judged[norm_s].append(
                    Judged(
                        inclusion=inclusion,
                        in_time=verdicts[norm_s, NormVerdict.IN_TIME],
                        late=verdicts[norm_s, NormVerdict.LATE],
                        undetermined=verdicts[norm_s, NormVerdict.UNDETERMINED],
                        left_out=alike.left_out[norm_s],
                    )
                )
        return tuple(
            NormCount(norm_s=n, parts=tuple(judged[n])) for n in sorted(known | judged.keys())
        )

    def _removal_weights(self) -> tuple[int, ...]:
        """Add up removed cases per bucket; a time on a bound belongs to the bucket it closes."""
        found = [0] * (len(_BOUNDS_MS) + 1)
        for inclusion, alike in self._by_inclusion.items():
            each = weight(inclusion)
            for took in alike.removals:
                found[bisect_left(_BOUNDS_MS, took)] += each
        return tuple(found)


def _delays(took_ms: Sequence[int]) -> Delays:
    found = [0] * (len(_DELAY_BOUNDS_MS) + 1)
    for took in took_ms:
        found[bisect_left(_DELAY_BOUNDS_MS, took)] += 1
    return Delays(counts=tuple(found), sum_ms=sum(took_ms))
